//! Puts the engine together from the configuration.

use std::{os::unix::fs::OpenOptionsExt, sync::Arc, time::Duration};

use anyhow::Context;
use engine::{
    Engine, Parts, installation,
    kinds::{
        anime::{self, Anime, Makers},
        custom::Custom,
        generation::Generation,
        metered::Metered,
        study::Study,
    },
    settings::{Minting, Settings},
    worker::Kinds,
};
use outside::{ai, clock::SystemClock, random::SystemRandom};
use ports::{bell::InProcess, clock::Clock};
use store::db::{Address, Db, Depth, Settings as DbSettings};

use crate::{
    anchors, backup, campuses, carriers,
    config::{Config, MintRole, OwnKind, Provider, ProviderKind, Reporter},
    egress::{client, provider},
    folder::Folder,
    reach, secrets,
};

/// Opens the database, brings it to the newest schema and puts the engine together. `folder` is held by the process that will run
/// the tasks; a command beside it holds none.
pub(crate) async fn build_engine(config: &Config, folder: Option<&Folder>) -> anyhow::Result<Arc<Engine>> {
    let random = Arc::new(SystemRandom);
    // A command beside the server never makes an installation: a mistyped folder would answer as an empty one.
    if folder.is_none() {
        secrets::exist(config.data())?;
    }
    let clock = Arc::new(SystemClock::new());
    let db = database(config).await?;
    if folder.is_some() {
        sound(config, &db).await?;
    }
    engine::clock::follow(&db, &*clock, std::time::Duration::ZERO).await?;
    backup::before_migration(config, &db, clock.now()).await?;
    for step in store::migrate::run(&db, clock.now()).await.context("the database cannot be migrated")? {
        tracing::info!(step, "the schema was brought on");
    }
    let fresh = installation::is_fresh(&db).await?;
    let secrets = secrets::load(config.data(), folder.is_some() && !config.production() && fresh, &*random)?;
    let anchored = anchors::read(config, &secrets.chain)?.number > 0;
    installation::recognise(&db, &secrets, anchored, clock.now()).await?;
    let storage = reach::storage(config)?;
    let clock_port: Arc<dyn Clock> = clock.clone();
    let transports = carriers::transports(config, &clock_port, random.clone())?;
    let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let settings = Settings {
        public_url: config.url_of("media")?,
        limits_enabled: config.limits.enabled,
        loopback_exempt: !config.limits.per_address,
        cores,
        media_lifetime: config.media.lifetime_s.span(),
        work_folder: folder.map(|folder| folder.work.clone()).unwrap_or_default(),
        brand: config.brand.clone(),
        novel_bytes: config.anime.text_bytes.size(),
        phone_prefixes: config.sms.prefixes.clone(),
        echo_codes: config.codes.echo,
        sms: carriers::sms_rules(config)?,
        mail: carriers::mail_rules(config),
        password_least: config.auth.password_min.get(),
        refuse_common_passwords: config.auth.refuse_common,
        minting: match config.codes.mint_role {
            MintRole::Any => Minting::Anybody,
            MintRole::Admin => Minting::Admins,
        },
        mint_most: i64::from(config.codes.mint_most.allowed()),
        owners_report: config.tasks.client_status == Reporter::Owner,
        expose_paths: config.tasks.expose_paths,
        production: config.production(),
        public_profiles: config.users.public_profile,
        front_url: match config.campus.front_url.trim_end_matches('/') {
            "" => config.url_of("campus")?,
            url => url.to_owned(),
        },
        campus: campuses::settings(config),
        oidc: reach::oidc(config)?,
        console_url: config.url_of("native").unwrap_or_else(|_| (*config.public_url).to_owned()),
        studio: reach::studio(config),
        payment: reach::payment(config)?,
        uploads: reach::uploads(config)?,
        templates: reach::templates(config)?,
        housekeeping: kept(config),
        ..Settings::default()
    };
    let generation = Generation { settings: settings.studio.clone() };
    let kinds = Kinds::default()
        .with(Arc::new(anime_kind(config)?))
        .with(Arc::new(Metered))
        .with(Arc::new(generation))
        .with(Arc::new(Study { settings: settings.campus.clone() }));
    let kinds = config.tasks.kinds.iter().fold(kinds, |kinds, own| kinds.with(Arc::new(own_kind(own))));
    let bell = Arc::new(InProcess::default());
    let reach = reach::reach(config, random.clone(), &clock_port)?;
    let journal = Arc::new(outside::journal::FileJournal::new(journal(config)));
    let parts = Parts { db, clock, random, bell, storage, journal, transports, reach, secrets, settings, kinds };
    let engine = Engine::new(parts);
    engine::runtime_settings::refresh(&engine).await?;
    Ok(engine)
}

/// How long what is not money is kept.
fn kept(config: &Config) -> engine::settings::Housekeeping {
    let section = &config.housekeeping;
    let days = |days: u64| Duration::from_secs(days * 86_400);
    let some = |count: u64| (count > 0).then(|| days(count));
    engine::settings::Housekeeping {
        messages: days(section.messages_days.get()),
        webhooks: days(section.webhooks_days.get()),
        sessions: days(section.sessions_days.get()),
        pieces: days(section.pieces_days.get()),
        records: some(section.records_days.get()),
        results: some(section.results_days.get()),
    }
}

/// Refuses a database file that is damaged, before anything is written to it. A large one is looked at beside the work, and what is
/// found is an alarm.
async fn sound(config: &Config, db: &Db) -> anyhow::Result<()> {
    /// What is read in about a second.
    const SMALL: u64 = 512 << 20;
    let Address::Sqlite(path) = address(config) else { return Ok(()) };
    let refuse = |found: Vec<String>| match found.first() {
        None => Ok(()),
        Some(first) => Err(anyhow::anyhow!("{first}: stop, keep a copy of {}, and restore your newest backup", path.display())),
    };
    if std::fs::metadata(&path).is_ok_and(|file| file.len() <= SMALL) {
        return refuse(db.sound(Depth::Quick).await?);
    }
    let db = db.clone();
    tokio::spawn(async move {
        match db.sound(Depth::Quick).await {
            Ok(found) => found.iter().for_each(|fault| {
                metrics::counter!("gongfang_database_alarms_total").increment(1);
                tracing::error!(fault, "stop this server, keep a copy of the file, and restore your newest backup");
            }),
            Err(error) => tracing::error!(%error, "the database file could not be looked at"),
        }
    });
    Ok(())
}

/// Where orders are kept beside the database.
pub(crate) fn journal(config: &Config) -> std::path::PathBuf {
    config.data().join("orders.log")
}

/// Where the database is.
pub(crate) fn address(config: &Config) -> Address {
    if config.database.is_empty() {
        Address::Sqlite(config.data().join("gongfang.db"))
    } else {
        Address::Postgres((*config.database).to_owned())
    }
}

pub(crate) async fn database(config: &Config) -> anyhow::Result<Db> {
    if let Address::Sqlite(path) = address(config) {
        // Made here for its owner's eyes only; the files beside it take after it.
        std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(&path)
            .with_context(|| format!("{} cannot be made", path.display()))?;
    }
    Db::open(&address(config), &DbSettings::default())
        .await
        .map_err(|fault| anyhow::anyhow!("{fault}"))
        .context("the database cannot be opened; check `database` and the data folder")
}

/// A kind of the operator's own. Its name is kept for as long as the process lives, like those of all others.
fn own_kind(own: &OwnKind) -> Custom {
    Custom {
        name: own.name.clone().leak(),
        price: own.price.0,
        deadline: Duration::from_secs(own.deadline_s),
        retries: own.retries,
        approved: own.approved,
    }
}

fn anime_kind(config: &Config) -> anyhow::Result<Anime> {
    let egress = client(config, config.egress.deadline_s.span())?;
    let provider = |section: &Provider| provider(&egress, section);
    let api = match config.ai.image.kind {
        ProviderKind::Openai => ai::ImagesApi::OpenAi,
        ProviderKind::Sdwebui => ai::ImagesApi::StableDiffusion,
    };
    let image = provider(&config.ai.image);
    let image = image.map(|provider| Arc::new(ai::Images { provider, api }) as Arc<dyn ports::image::ImageModel>);
    let makers = Makers {
        script: provider(&config.ai.script).map(|found| Arc::new(ai::OpenAiScript(found)) as Arc<dyn ports::script::ScriptModel>),
        rules: Arc::new(storyboard::Rules),
        image,
        drawing: Arc::new(storyboard::Drawing),
        speech: provider(&config.ai.speech).map(|found| Arc::new(ai::OpenAiSpeech(found)) as Arc<dyn ports::speech::SpeechModel>),
        voice: Arc::new(storyboard::Espeak),
        renderer: Arc::new(storyboard::Storyboard::probe()),
    };
    let settings = anime::Settings {
        price: config.anime.price.amount(),
        concurrency: config.anime.concurrency.size(),
        segments: config.anime.segments.size(),
        deadline: config.anime.deadline_s.span(),
        ceiling: config.anime.ceiling.amount(),
    };
    Ok(Anime { makers, settings })
}
