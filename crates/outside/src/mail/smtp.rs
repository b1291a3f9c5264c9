//! SMTP submission: STARTTLS or TLS, AUTH, pooled connections.
//!
//! Recipients are passed as protocol parameters and headers are built by the library, so no content of a letter can become a header.

use std::{
    sync::Arc,
    time::{Duration, UNIX_EPOCH},
};

use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, MultiPart, header::HeaderName},
    transport::smtp::{
        PoolConfig,
        authentication::Credentials,
        client::{Certificate, Tls, TlsParameters},
    },
};
use ports::{
    carrier::{Carrier, MailServer, MailerFactory, Parcel, Security, Undelivered},
    fault::Fault,
};

/// The most open connections.
const POOL: u32 = 4;

/// How to reach the server.
#[derive(Clone)]
pub struct SmtpSettings {
    /// Its host name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is encrypted.
    pub security: Security,
    /// The user name; empty if it asks for none.
    pub username: String,
    /// The password.
    pub password: String,
    /// The sender, such as `工坊 <no-reply@example.com>`.
    pub from: String,
    /// A certificate of the operator's own in PEM, in addition to the public ones.
    pub certificate: Option<Vec<u8>>,
    /// How long one letter may take, from connecting to the server's final reply.
    pub deadline: Duration,
}

/// A mail server.
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    deadline: Duration,
}

/// Creates carriers for mail servers that are configured while the server runs.
pub struct Smtps {
    /// How long one letter may take.
    pub deadline: Duration,
}

impl MailerFactory for Smtps {
    fn smtp(&self, server: &MailServer) -> Result<Arc<dyn Carrier>, Fault> {
        if server.host.is_empty() || server.from.is_empty() {
            return Err(Fault::lasting("host and sender must be set"));
        }
        if server.security == Security::None && !server.username.is_empty() {
            return Err(Fault::lasting("without encryption the password would be readable on its way"));
        }
        let MailServer { host, port, security, username, password, from, .. } = server.clone();
        let settings = SmtpSettings { host, port, security, username, password, from, certificate: None, deadline: self.deadline };
        Ok(Arc::new(Smtp::new(settings)?))
    }
}

impl Smtp {
    /// A pool of connections to a server; none is opened yet.
    ///
    /// # Errors
    /// [`Fault::Lasting`] for an invalid sender or certificate.
    pub fn new(settings: SmtpSettings) -> Result<Self, Fault> {
        let from = settings.from.parse().map_err(|_| Fault::lasting("mail.from must be an address such as 工坊 <no-reply@example.com>"))?;
        let tls = || -> Result<TlsParameters, Fault> {
            let mut tls = TlsParameters::builder(settings.host.clone());
            if let Some(pem) = &settings.certificate {
                let certificate = Certificate::from_pem(pem).map_err(|_| Fault::lasting("the mail server's certificate is no PEM"))?;
                tls = tls.add_root_certificate(certificate);
            }
            tls.build().map_err(|error| Fault::lasting(format!("TLS for mail: {error}")))
        };
        let tls = match settings.security {
            Security::Starttls => Tls::Required(tls()?),
            Security::Tls => Tls::Wrapper(tls()?),
            Security::None => Tls::None,
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(settings.host)
            .port(settings.port)
            .tls(tls)
            .timeout(Some(settings.deadline))
            .pool_config(PoolConfig::new().max_size(POOL));
        if !settings.username.is_empty() {
            builder = builder.credentials(Credentials::new(settings.username, settings.password));
        }
        Ok(Self { transport: builder.build(), from, deadline: settings.deadline })
    }

    fn letter(&self, parcel: &Parcel) -> Result<Message, Undelivered> {
        let recipient = |_| Undelivered::Recipient { text: "not one address".to_owned() };
        let to: Address = parcel.to.parse().map_err(recipient)?;
        let seconds = u64::try_from(parcel.created_at.seconds()).unwrap_or(0);
        let letter = &parcel.letter;
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(letter.subject.clone())
            .date(UNIX_EPOCH + Duration::from_secs(seconds))
            // The same for each try, so that a mail server that accepted the first one recognises the second.
            .message_id(Some(format!("<gf-{}-{seconds}@{}>", parcel.id, self.from.email.domain())))
            .raw_header(lettre::message::header::HeaderValue::new(
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ))
            .multipart(MultiPart::alternative_plain_html(letter.text.clone(), letter.html.clone()))
            .map_err(|error| Undelivered::Operator { text: format!("the letter could not be written: {error}") })
    }
}

#[async_trait::async_trait]
impl Carrier for Smtp {
    fn name(&self) -> &'static str {
        "smtp"
    }

    async fn carry(&self, parcel: &Parcel) -> Result<(), Undelivered> {
        let letter = self.letter(parcel)?;
        // The library bounds how long connecting takes, but not how long the server may be silent afterwards.
        match tokio::time::timeout(self.deadline, self.transport.send(letter)).await {
            Ok(sent) => sent.map(drop).map_err(|error| judged(&error)),
            Err(_) => Err(Undelivered::Passing { text: "the mail server did not answer in time".to_owned(), retry_after: None }),
        }
    }
}

/// What a protocol error means for us. It includes only the server's status code, not its text, which may quote the address.
fn judged(error: &lettre::transport::smtp::Error) -> Undelivered {
    let status = error.status().map(|code| code.to_string());
    let text = match &status {
        Some(status) => format!("the mail server answered {status}"),
        None if error.is_timeout() => "the mail server did not answer in time".to_owned(),
        None if error.is_client() => "the mail server does not offer what is configured (STARTTLS, a way to sign in)".to_owned(),
        None if error.is_tls() => "the connection to the mail server could not be secured".to_owned(),
        None => "no connection to the mail server".to_owned(),
    };
    match status.as_deref() {
        // These concern the mailbox (552: it is full); other permanent errors are for the operator (535: the password).
        Some("550" | "551" | "552" | "553") => Undelivered::Recipient { text },
        Some(_) if error.is_permanent() => Undelivered::Operator { text },
        _ if error.is_tls() || error.is_client() => Undelivered::Operator { text },
        _ => Undelivered::Passing { text, retry_after: None },
    }
}
