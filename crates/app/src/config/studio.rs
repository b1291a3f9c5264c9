//! The keys of the studio surface: models and their tasks, payments, uploads, storage, the assistant.

use config::{Address, Bytes, Count, Seconds, Secret, Yuan, section};

use super::types::{Approval, StorageKind, UploadProvider, UploadScope};

section! {
    /// The studio surface and its kind of task.
    pub(crate) Studio {
        /// Who lets a task run: `admin`, `owner` (or an administrator), or `automatic`.
        approval: Approval = "admin",
        /// Whether administrators may approve tasks of their own.
        approve_own: bool = true,
        /// The name of the model of a task that names none; such a task is refused where empty.
        default_model: String = "沙箱模型 Sandbox" => "",
        /// Tasks looked at at once; a quarter of them may be calling one model.
        concurrency: Count<1, 100_000> = 64,
        /// Hours after which a job without a verdict fails for good.
        settle_hours: Count<1, 720> = 24,
        /// Seconds a call to a model may take.
        call_s: Seconds<1> = 60,
        /// The largest result in bytes.
        result_bytes: Bytes = 134_217_728,
    }
}
section! {
    /// Registered models.
    pub(crate) Models {
        /// Whether users see where models are called.
        expose_url: bool = true => false,
    }
}
section! {
    /// Payments.
    pub(crate) Payment {
        /// The least that may be paid in at once, in yuan.
        min_amount: Yuan = "0.01",
        /// The most that may be paid in at once, in yuan.
        max_amount: Yuan = "50000",
        /// Hosts that payers may be sent back to; in production the host of `public_url` where empty, in development any.
        return_hosts: Vec<String> = [],
        /// Yuan from which on a callback counts only when the gateway says the same on being asked; 0 is never.
        confirm_above: Yuan = "0",
        /// Whether administrators are shown the keys of methods.
        expose_key: bool = true => false,
    }
}
section! {
    /// Keys with which browsers upload by themselves.
    pub(crate) Uploads {
        /// `builtin` (our own endpoint), `aliyun`, `aws`, or `none`.
        provider: UploadProvider = "builtin" => "none",
        /// The vendor's token service; the vendor's own address where empty.
        url: Address = "",
        /// The id of the key that may take the role.
        access_key: String = "",
        /// That key.
        secret_key: Secret = "",
        /// The role whose rights are narrowed for each token.
        role: String = "",
        /// The bucket.
        bucket: String = "",
        /// The bucket's region, as `oss-cn-beijing`.
        region: String = "",
        /// Where the bucket is reached; the vendor's own address where empty.
        endpoint: Address = "",
        /// Where keys may put files: `shared` (any new object below `uploads/`, as clients of the published document do; a vendor's policy
        /// cannot forbid to overwrite, so switch on the bucket's own protection) or `account` (below a prefix of the account's own).
        scope: UploadScope = "shared" => "account",
        /// The largest file that the built-in endpoint takes, in bytes.
        most_bytes: Bytes = 20_971_520,
    }
}
section! {
    /// Where files are kept.
    pub(crate) StorageSection {
        /// `folder` (in the data folder) or `s3`.
        kind: StorageKind = "folder",
        /// S3: the server; AWS where empty.
        endpoint: Address = "",
        /// S3: the region.
        region: String = "us-east-1",
        /// S3: the bucket.
        bucket: String = "",
        /// S3: the key's id.
        access_key: String = "",
        /// S3: the key.
        secret_key: Secret = "",
        /// S3: whether the bucket stands in the host's name, as OSS wants it.
        virtual_host: bool = false,
    }
}
section! {
    /// The assistant.
    pub(crate) Assistant {
        /// A folder of your own templates: each `NAME.txt` is the template NAME.
        templates: String = "",
    }
}
