//! Every key of the configuration with its default, and what production has instead. What a surface alone reads stands in the surface.

use std::net::IpAddr;

use config::{Address, Bytes, Count, Flat, Mode, Seconds, Secret, Yuan, section};

use super::{
    campus::Campus,
    studio::{Assistant, Models, Payment, StorageSection, Studio, Uploads},
    types::{LogFilter, MailSecurity, MailSender, MintRole, Mount, Origin, OwnKind, Port, ProviderKind, Reporter, SmsSender, TimeZone},
};

section! {
    /// The whole configuration.
    pub(crate) Config {
        /// `development` or `production`.
        mode: Mode = "development",
        /// Where data is kept.
        data: String = "./data",
        /// Where people and callbacks reach this server; made from the first listener where empty.
        public_url: Address = "",
        /// A `postgres://` address; a file in the data folder where empty.
        database: Address = "",
        /// What the product is called in messages to its users.
        brand: String = "工坊 Gongfang",
        /// The zone of times that a document writes without one, as `Asia/Shanghai`; the machine's own (`TZ`, `/etc/localtime`) where empty.
        time_zone: TimeZone = "",
        /// What is logged, as `info` or `gongfang=debug,info`.
        log: LogFilter = "info",
        /// Safety switches of production that are left off on purpose.
        security_exceptions: Vec<String> = [],
        /// Addresses and the surfaces mounted on each, as `ADDRESS=surface,surface`.
        listen: Listen,
        /// The administrator that development makes.
        admin: Admin,
        /// Pages of other origins.
        cors: Cors,
        /// Documentation pages.
        docs: Docs,
        /// WebSockets.
        ws: Ws,
        /// Protective limits.
        limits: Limits,
        /// Links to files.
        media: Media,
        /// Workers.
        worker: WorkerSection,
        /// Copies of the database, where it is a file. A PostgreSQL is copied by its own tools.
        backup: Backup,
        /// How long what is not money is kept, and how full the disk may be. Entries, orders, codes and the audit log are kept for ever.
        housekeeping: Housekeeping,
        /// Verification codes and redemption codes. A limit of 0 is none.
        codes: Codes,
        /// Text messages.
        sms: SmsSection,
        /// Letters.
        mail: MailSection,
        /// Passwords.
        auth: Auth,
        /// Profiles.
        users: Users,
        /// Tasks that an outside worker reports on.
        tasks: Tasks,
        /// What surfaces alone read.
        surfaces: Flat<surfaces::Settings>,
        /// The studio surface and its kind of task.
        studio: Studio,
        /// Registered models.
        models: Models,
        /// Payments.
        payment: Payment,
        /// Keys with which browsers upload by themselves.
        uploads: Uploads,
        /// Where files are kept.
        storage: StorageSection,
        /// Signing in at an identity provider (OpenID Connect).
        oidc: OidcSection,
        /// The assistant.
        assistant: Assistant,
        /// The anime surface.
        anime: Anime,
        /// The campus surface and its kind of task.
        campus: Campus,
        /// Providers of scripts, pictures and voices.
        ai: Ai,
        /// Calls to the outside.
        egress: EgressSection,
    }
}
section! {
    /// Addresses and the surfaces mounted on each, as `ADDRESS=surface,surface`.
    pub(crate) Listen {
        /// Each entry is `127.0.0.1:8000=anime,media`; beside `studio` stand the built-in upload endpoint and development's stand-ins.
        mounts: Vec<Mount> = ["127.0.0.1:8000=anime,campus,media", "127.0.0.1:5000=phone,mail", "127.0.0.1:8080=studio,native,console"],
        /// Addresses of your proxies: what they say in `X-Forwarded-For` is believed, and limits count whom they name.
        proxies: Vec<IpAddr> = [],
        /// Connections at once, over all addresses.
        connections: Count<1, 1_000_000> = 10_000,
        /// Connections of one address that is none of `proxies`; those that have not asked anything give way first.
        connections_per_address: Count<1, 1_000_000> = 2_500,
    }
}
section! {
    /// The administrator that development makes.
    pub(crate) Admin {
        /// The user name.
        username: String = "admin",
        /// The password.
        password: Secret = "admin123456",
    }
}
section! {
    /// Pages of other origins.
    pub(crate) Cors {
        /// Origins that may call.
        origins: Vec<Origin> = ["http://localhost", "http://127.0.0.1"],
    }
}
section! {
    /// Documentation pages.
    pub(crate) Docs {
        /// Whether everybody may read them.
        public: bool = true => false,
    }
}
section! {
    /// Signing in at an identity provider (OpenID Connect).
    pub(crate) OidcSection {
        /// The provider's address, as `https://sso.example.com/realms/staff`; there is none where empty.
        issuer: Address = "",
        /// What people call it.
        name: String = "SSO",
        /// This installation's id there. Its redirect address is `/gongfang/v1/oidc/callback` where the native surface is reached.
        client_id: String = "",
        /// Its secret; empty for a public client.
        client_secret: Secret = "",
        /// What is asked for beside `openid`.
        scopes: String = "profile email",
        /// The claim that names somebody's groups.
        groups_claim: String = "groups",
        /// Whoever belongs to one of these groups administers, and whoever comes without them does not; roles are left alone where empty.
        admin_groups: Vec<String> = [],
        /// Whether administrators sign in by the provider alone.
        staff_only: bool = false,
    }
}
section! {
    /// WebSockets.
    pub(crate) Ws {
        /// Whether a token may stand in the query.
        query_token: bool = true,
        /// Seconds after which a quiet socket is pinged, so that no proxy takes it for idle.
        ping_s: Seconds<1, 3_600> = 25,
        /// Seconds that a client may take to answer a ping.
        pong_s: Seconds<1, 3_600> = 30,
    }
}
section! {
    /// Protective limits.
    pub(crate) Limits {
        /// Whether there are any.
        enabled: bool = true,
        /// Whether limits by address count this machine's own callers.
        per_address: bool = false => true,
    }
}
section! {
    /// Links to files.
    pub(crate) Media {
        /// Seconds a link is good.
        lifetime_s: Seconds<60> = 86_400,
    }
}
section! {
    /// Workers.
    pub(crate) WorkerSection {
        /// Whether this process works on tasks.
        enabled: bool = true,
    }
}
section! {
    /// Copies of the database, where it is a file. A PostgreSQL is copied by its own tools.
    pub(crate) Backup {
        /// Where they lie, better on another disk; `backups` in the data folder where empty.
        folder: String = "",
        /// Hours between two that the server makes by itself; `0` is never.
        every_h: Count<0, 8_760> = 24,
        /// How many of those that the server made by itself are kept.
        keep: Count<1, 1_000> = 14,
        /// Hours after which the newest one is too old, and an alarm is raised.
        alarm_h: Count<1, 87_600> = 50,
        /// Whether one is made before the schema is brought on.
        before_migration: bool = true,
    }
}
section! {
    /// How long what is not money is kept, and how full the disk may be. Entries, orders, codes and the audit log are kept for ever.
    pub(crate) Housekeeping {
        /// Megabytes that must be free on the data folder's disk, or nothing new is begun; `0` is never refused.
        free_mb: Count = 512,
        /// Days that films and other results are kept after their tasks ended; `0` is for ever.
        results_days: Count<0, 36_500> = 0,
        /// Days that pieces of films are kept that can be made again: segments and speech.
        pieces_days: Count<1, 36_500> = 14,
        /// Days that logs and steps are kept after their tasks ended; `0` is for ever.
        records_days: Count<0, 36_500> = 90,
        /// Days that sessions are kept after they expired.
        sessions_days: Count<1, 36_500> = 30,
        /// Days that messages are kept which were sent.
        messages_days: Count<1, 36_500> = 30,
        /// Days that events of webhooks and their deliveries are kept.
        webhooks_days: Count<1, 36_500> = 30,
    }
}
section! {
    /// Verification codes and redemption codes. A limit of 0 is none.
    pub(crate) Codes {
        /// Whether verification codes are given back in answers, as the documents show for their test mode.
        echo: bool = true => false,
        /// Who may mint redemption codes through the API: `any` (signed in) or `admin`.
        mint_role: MintRole = "any" => "admin",
        /// The most redemption codes that one request may mint; 500 at most.
        mint_most: Count<1, 500> = 100,
        /// Seconds between two text messages to one number.
        sms_cooldown_s: Seconds = 0 => 60,
        /// Text messages an hour to one number.
        sms_per_hour: Count = 0 => 5,
        /// Text messages a day to one number.
        sms_per_day: Count = 0 => 10,
        /// Seconds between two letters to one mailbox.
        mail_cooldown_s: Seconds = 60,
        /// Messages an hour that one address may ask for.
        per_address_per_hour: Count = 30,
        /// Messages a minute in all, over each of the two ways.
        budget_per_minute: Count = 0 => 60,
    }
}
section! {
    /// Text messages.
    pub(crate) SmsSection {
        /// `outbox` (kept for developers to read), `aliyun`, `tencent`, `webhook`, or `none`.
        sender: SmsSender = "outbox" => "none",
        /// The sender's address; the vendor's own where empty.
        url: Address = "",
        /// The id of the vendor's key.
        key_id: String = "",
        /// The vendor's secret, or what calls of the web hook are signed with.
        secret: Secret = "",
        /// The approved signature that messages begin with.
        sign_name: String = "",
        /// The approved template.
        template: String = "",
        /// Tencent Cloud: the application's number.
        app_id: String = "",
        /// Tencent Cloud: the region.
        region: String = "ap-guangzhou",
        /// Countries whose numbers may sign in.
        prefixes: Vec<String> = ["+86"],
        /// Yuan one message costs.
        price: Yuan = "0.05",
        /// Yuan a day after which nothing is sent and an alarm is logged; `0` is no ceiling.
        daily_ceiling: Yuan = "0" => "100",
    }
}
section! {
    /// Letters.
    pub(crate) MailSection {
        /// `outbox` (kept for developers to read), `smtp`, `webhook`, or `none`.
        sender: MailSender = "outbox" => "none",
        /// Who writes, as `工坊 <no-reply@example.com>`.
        from: String = "",
        /// SMTP: the server.
        host: String = "",
        /// SMTP: its port.
        port: Count<1, 65_535> = 587,
        /// SMTP: `starttls`, `tls`, or `none` for a relay on this machine.
        security: MailSecurity = "starttls",
        /// SMTP: the user name; empty where the server asks for none.
        username: String = "",
        /// SMTP: the password.
        password: Secret = "",
        /// SMTP: a file with a certificate in PEM to trust beside the public ones.
        certificate: String = "",
        /// The web hook's address.
        url: Address = "",
        /// What calls of the web hook are signed with.
        secret: Secret = "",
    }
}
section! {
    /// Passwords.
    pub(crate) Auth {
        /// The fewest characters of a new password.
        password_min: Count<1, 64> = 6 => 8,
        /// Whether the commonest passwords are refused.
        refuse_common: bool = false => true,
    }
}
section! {
    /// Profiles.
    pub(crate) Users {
        /// Whether anybody may look accounts up by their number; otherwise oneself and administrators.
        public_profile: bool = true => false,
        /// Whether strangers see addresses masked, as `u***@example.com`.
        mask_email: bool = false,
    }
}
section! {
    /// Tasks that an outside worker reports on.
    pub(crate) Tasks {
        /// Who reports: `owner` (workers and administrators too), or `worker`: owners may only cancel then.
        client_status: Reporter = "owner" => "worker",
        /// Whether a result's path is shown as it was reported; otherwise as a signed link to `files/metered/<task>/<path>`.
        expose_paths: bool = true => false,
        /// Kinds of your own, which outside workers do (docs/api.md): `translate price=1.50 deadline_s=3600 retries=2 approval=admin`.
        kinds: Vec<OwnKind> = [],
    }
}
section! {
    /// The anime surface and its kind of task.
    pub(crate) Anime {
        /// Yuan a task costs.
        price: Yuan = "0",
        /// The longest novel in bytes.
        text_bytes: Bytes = 204_800,
        /// Films made at once.
        concurrency: Count<1, 1_000> = 1,
        /// Segments of a film rendered at once; one keeps two cores busy.
        segments: Count<1, 64> = 1,
        /// Seconds a film may take.
        deadline_s: Seconds<60> = 14_400,
        /// Yuan that providers may cost for one film.
        ceiling: Yuan = "50",
    }
}
section! {
    /// Providers.
    pub(crate) Ai {
        /// Scripts, by an OpenAI-compatible chat.
        script: Provider,
        /// Pictures, by OpenAI images or Stable Diffusion WebUI.
        image: Provider,
        /// Voices, by OpenAI speech.
        speech: Provider,
        /// What the assistant sees, by an OpenAI-compatible chat; measured offline where there is none.
        vision: Provider,
    }
}
section! {
    /// One provider; none where `url` is empty.
    pub(crate) Provider {
        /// `openai` or, for pictures, `sdwebui`.
        kind: ProviderKind = "openai",
        /// Its address, as `https://api.example.com/v1`.
        url: Address = "",
        /// Its key.
        key: Secret = "",
        /// The model.
        model: String = "",
        /// Yuan for one script, one picture, or a thousand characters of speech.
        price: Yuan = "0",
        /// Calls at once.
        concurrency: Count<1, 1_000> = 2,
    }
}
section! {
    /// Calls to the outside.
    pub(crate) EgressSection {
        /// Whether this machine itself may be called.
        private_targets: bool = true => false,
        /// Hosts that may be called wherever they are.
        allow: Vec<String> = [],
        /// Ports that may be called elsewhere than on this machine; any where empty.
        ports: Vec<Port> = [] => [80, 443],
        /// Seconds a call may take.
        deadline_s: Seconds<1> = 120,
        /// The largest answer in bytes.
        most_bytes: Bytes = 33_554_432,
    }
}
