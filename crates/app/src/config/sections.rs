//! Every key of the configuration with its default, and what production has instead.

use serde::{Deserialize, Serialize};

use super::{
    campus::Campus,
    studio::{Assistant, Models, Payment, StorageSection, Studio, Uploads},
};

macro_rules! section {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty = $default:expr),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct $name { $($(#[$field_doc])* pub(crate) $field: $type),* }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $default.into()),* }
            }
        }
    };
}

pub(super) use section;

section! {
    /// The whole configuration.
    Config {
        /// `development` or `production`.
        mode: String = "development",
        /// Where data is kept.
        data: String = "./data",
        /// Where people and callbacks reach this server; made from the first listener where empty.
        public_url: String = "",
        /// A `postgres://` address; a file in the data folder where empty.
        database: String = "",
        /// What the product is called in messages to its users.
        brand: String = "工坊 Gongfang",
        /// The zone of times that a document writes without one, as `Asia/Shanghai`; the machine's own where empty.
        time_zone: String = "",
        /// What is logged, as `info` or `gongfang=debug,info`.
        log: String = "info",
        /// Safety switches of production that are left off on purpose.
        security_exceptions: Vec<String> = Vec::new(),
        /// Addresses and the surfaces mounted on each.
        listen: Listen = Listen::default(),
        /// The first administrator.
        admin: Admin = Admin::default(),
        /// Pages of other origins.
        cors: Cors = Cors::default(),
        /// Documentation pages.
        docs: Docs = Docs::default(),
        /// WebSockets.
        ws: Ws = Ws::default(),
        /// Protective limits.
        limits: Limits = Limits::default(),
        /// Links to files.
        media: Media = Media::default(),
        /// Workers.
        worker: WorkerSection = WorkerSection::default(),
        /// Verification codes and redemption codes.
        codes: Codes = Codes::default(),
        /// Text messages.
        sms: SmsSection = SmsSection::default(),
        /// Letters.
        mail: MailSection = MailSection::default(),
        /// Passwords.
        auth: Auth = Auth::default(),
        /// Profiles.
        users: Users = Users::default(),
        /// Tasks that an outside worker reports on.
        tasks: Tasks = Tasks::default(),
        /// The phone surface.
        phone: Phone = Phone::default(),
        /// The studio surface and its kind of task.
        studio: Studio = Studio::default(),
        /// Registered models.
        models: Models = Models::default(),
        /// Payments.
        payment: Payment = Payment::default(),
        /// Keys with which browsers upload by themselves.
        uploads: Uploads = Uploads::default(),
        /// Where files are kept.
        storage: StorageSection = StorageSection::default(),
        /// The assistant.
        assistant: Assistant = Assistant::default(),
        /// The anime surface.
        anime: Anime = Anime::default(),
        /// The campus surface and its kind of task.
        campus: Campus = Campus::default(),
        /// Providers of scripts, pictures and voices.
        ai: Ai = Ai::default(),
        /// Calls to the outside.
        egress: EgressSection = EgressSection::default(),
    }
}

section! {
    /// Addresses and the surfaces mounted on each, as `ADDRESS=surface,surface`.
    Listen {
        /// Each entry is `127.0.0.1:8000=anime,media`; beside `studio` stand the built-in upload endpoint and development's stand-ins.
        mounts: Vec<String> = vec![
            "127.0.0.1:8000=anime,campus,media".to_owned(),
            "127.0.0.1:5000=phone,mail".to_owned(),
            "127.0.0.1:8080=studio".to_owned(),
        ],
        /// Addresses of your proxies: what they say in `X-Forwarded-For` is believed, and limits count whom they name.
        proxies: Vec<String> = Vec::new(),
        /// Connections at once, over all addresses.
        connections: i64 = 10_000,
        /// Connections of one address that is none of `proxies`; those that have not asked anything give way first.
        connections_per_address: i64 = 2_500,
    }
}
section! {
    /// The administrator that development makes.
    Admin {
        /// The user name.
        username: String = "admin",
        /// The password.
        password: String = "admin123456",
    }
}
section! {
    /// Pages of other origins.
    Cors {
        /// Origins that may call.
        origins: Vec<String> = vec!["http://localhost".to_owned(), "http://127.0.0.1".to_owned()],
    }
}
section! {
    /// Documentation pages.
    Docs {
        /// Whether everybody may read them.
        public: bool = true,
    }
}
section! {
    /// WebSockets.
    Ws {
        /// Whether a token may stand in the query.
        query_token: bool = true,
        /// Seconds after which a quiet socket is pinged, so that no proxy takes it for idle.
        ping_s: i64 = 25,
        /// Seconds that a client may take to answer a ping.
        pong_s: i64 = 30,
    }
}
section! {
    /// Protective limits.
    Limits {
        /// Whether there are any.
        enabled: bool = true,
        /// Whether limits by address count this machine's own callers.
        per_address: bool = false,
    }
}
section! {
    /// Links to files.
    Media {
        /// Seconds a link is good.
        lifetime_s: i64 = 86_400,
    }
}
section! {
    /// Workers.
    WorkerSection {
        /// Whether this process works on tasks.
        enabled: bool = true,
    }
}
section! {
    /// Verification codes and redemption codes. A limit of 0 is none.
    Codes {
        /// Whether verification codes are given back in answers, as the documents show for their test mode.
        echo: bool = true,
        /// Who may mint redemption codes through the API: `any` (signed in) or `admin`.
        mint_role: String = "any",
        /// The most redemption codes that one request may mint; 500 at most.
        mint_most: i64 = 100,
        /// Seconds between two text messages to one number.
        sms_cooldown_s: i64 = 0,
        /// Text messages an hour to one number.
        sms_per_hour: i64 = 0,
        /// Text messages a day to one number.
        sms_per_day: i64 = 0,
        /// Seconds between two letters to one mailbox.
        mail_cooldown_s: i64 = 60,
        /// Messages an hour that one address may ask for.
        per_address_per_hour: i64 = 30,
        /// Messages a minute in all, over each of the two ways.
        budget_per_minute: i64 = 0,
    }
}
section! {
    /// Text messages.
    SmsSection {
        /// `outbox` (kept for developers to read), `aliyun`, `tencent`, `webhook`, or `none`.
        sender: String = "outbox",
        /// The sender's address; the vendor's own where empty.
        url: String = "",
        /// The id of the vendor's key.
        key_id: String = "",
        /// The vendor's secret, or what calls of the web hook are signed with.
        secret: String = "",
        /// The approved signature that messages begin with.
        sign_name: String = "",
        /// The approved template.
        template: String = "",
        /// Tencent Cloud: the application's number.
        app_id: String = "",
        /// Tencent Cloud: the region.
        region: String = "ap-guangzhou",
        /// Countries whose numbers may sign in.
        prefixes: Vec<String> = vec!["+86".to_owned()],
        /// Yuan one message costs.
        price: String = "0.05",
        /// Yuan a day after which nothing is sent and an alarm is logged; `0` is no ceiling.
        daily_ceiling: String = "0",
    }
}
section! {
    /// Letters.
    MailSection {
        /// `outbox` (kept for developers to read), `smtp`, `webhook`, or `none`.
        sender: String = "outbox",
        /// Who writes, as `工坊 <no-reply@example.com>`.
        from: String = "",
        /// SMTP: the server.
        host: String = "",
        /// SMTP: its port.
        port: i64 = 587,
        /// SMTP: `starttls`, `tls`, or `none` for a relay on this machine.
        security: String = "starttls",
        /// SMTP: the user name; empty where the server asks for none.
        username: String = "",
        /// SMTP: the password.
        password: String = "",
        /// SMTP: a file with a certificate in PEM to trust beside the public ones.
        certificate: String = "",
        /// The web hook's address.
        url: String = "",
        /// What calls of the web hook are signed with.
        secret: String = "",
    }
}
section! {
    /// Passwords.
    Auth {
        /// The fewest characters of a new password.
        password_min: i64 = 6,
        /// Whether the commonest passwords are refused.
        refuse_common: bool = false,
    }
}
section! {
    /// Profiles.
    Users {
        /// Whether anybody may look accounts up by their number; otherwise oneself and administrators.
        public_profile: bool = true,
        /// Whether strangers see addresses masked, as `u***@example.com`.
        mask_email: bool = false,
    }
}
section! {
    /// Tasks that an outside worker reports on.
    Tasks {
        /// Who reports: `owner` (workers and administrators too), or `worker`: owners may only cancel then.
        client_status: String = "owner",
        /// Whether a result's path is shown as it was reported; otherwise as a signed link to `files/metered/<task>/<path>`.
        expose_paths: bool = true,
    }
}
section! {
    /// The phone surface.
    Phone {
        /// Seconds a session lasts.
        session_s: i64 = 86_400,
    }
}
section! {
    /// The anime surface and its kind of task.
    Anime {
        /// Yuan a task costs.
        price: String = "0",
        /// Seconds a session lasts.
        session_s: i64 = 3600,
        /// The longest novel in bytes.
        text_bytes: i64 = 204_800,
        /// Tasks an hour and account.
        creates_per_hour: i64 = 10,
        /// Lists an hour and account.
        lists_per_hour: i64 = 100,
        /// Readings an hour and account.
        reads_per_hour: i64 = 1000,
        /// Films made at once.
        concurrency: i64 = 1,
        /// Segments of a film rendered at once; one keeps two cores busy.
        segments: i64 = 1,
        /// Seconds a film may take.
        deadline_s: i64 = 14_400,
        /// Yuan that providers may cost for one film.
        ceiling: String = "50",
    }
}
section! {
    /// Providers.
    Ai {
        /// Scripts, by an OpenAI-compatible chat.
        script: Provider = Provider::default(),
        /// Pictures, by OpenAI images or Stable Diffusion WebUI.
        image: Provider = Provider::default(),
        /// Voices, by OpenAI speech.
        speech: Provider = Provider::default(),
        /// What the assistant sees, by an OpenAI-compatible chat; measured offline where there is none.
        vision: Provider = Provider::default(),
    }
}
section! {
    /// One provider; none where `url` is empty.
    Provider {
        /// `openai` or, for pictures, `sdwebui`.
        kind: String = "openai",
        /// Its address, as `https://api.example.com/v1`.
        url: String = "",
        /// Its key.
        key: String = "",
        /// The model.
        model: String = "",
        /// Yuan for one script, one picture, or a thousand characters of speech.
        price: String = "0",
        /// Calls at once.
        concurrency: i64 = 2,
    }
}
section! {
    /// Calls to the outside.
    EgressSection {
        /// Whether this machine itself may be called.
        private_targets: bool = true,
        /// Hosts that may be called wherever they are.
        allow: Vec<String> = Vec::new(),
        /// Ports that may be called elsewhere than on this machine; any where empty.
        ports: Vec<String> = Vec::new(),
        /// Seconds a call may take.
        deadline_s: i64 = 120,
        /// The largest answer in bytes.
        most_bytes: i64 = 33_554_432,
    }
}

/// Defaults of production where they differ (facts: security §2), each as the environment would have it.
pub(super) const HARDENED: &[(&str, &str)] = &[
    ("docs.public", "false"),
    ("limits.per_address", "true"),
    ("egress.private_targets", "false"),
    ("egress.ports", "80;443"),
    ("studio.default_model", ""),
    ("models.expose_url", "false"),
    ("payment.expose_key", "false"),
    ("uploads.provider", "none"),
    ("uploads.scope", "account"),
    ("campus.platforms", "moodle;canvas"),
    ("campus.moodle_https", "true"),
    ("campus.canvas_https", "true"),
    ("campus.mail_settings", "false"),
    ("codes.echo", "false"),
    ("codes.mint_role", "admin"),
    ("codes.sms_cooldown_s", "60"),
    ("codes.sms_per_hour", "5"),
    ("codes.sms_per_day", "10"),
    ("codes.budget_per_minute", "60"),
    ("sms.sender", "none"),
    ("sms.daily_ceiling", "100"),
    ("mail.sender", "none"),
    ("auth.password_min", "8"),
    ("auth.refuse_common", "true"),
    ("users.public_profile", "false"),
    ("tasks.client_status", "worker"),
    ("tasks.expose_paths", "false"),
];
