//! The server: listeners, workers and housekeeping, and how they stop.

use std::{
    io::IsTerminal,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::Context;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use surfaces::{
    App,
    http::{Deployment, Options, zone_name},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::{Layer, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::{
    anchors, assemble, backup,
    config::{Config, Flags},
    connections::Connections,
    disk::Disk,
    folder::Folder,
    listener, older_copy, production, systemd,
};

/// How long tasks and sockets may take to stop.
const GRACE: Duration = Duration::from_secs(20);

/// What writes the log, until it is flushed at the end.
static LOG: Mutex<Option<WorkerGuard>> = Mutex::new(None);

/// Starts logging: for people on a terminal, as JSON otherwise. A thread of its own writes: where nobody reads, lines are lost, and nobody
/// waits for them.
pub(crate) fn start_log(config: &Config) {
    let (writer, guard) = tracing_appender::non_blocking(std::io::stderr());
    // A second start in one process (tests) keeps the first.
    LOG.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(guard);
    let lines = fmt::layer().with_writer(writer);
    let lines = if std::io::stderr().is_terminal() {
        lines.compact().boxed()
    } else {
        lines.json().flatten_event(true).with_span_list(false).boxed()
    };
    let _ = tracing_subscriber::registry().with(lines.with_filter(config.log.targets.clone())).try_init();
}

/// Writes what was logged and is not written yet.
pub(crate) fn flush_log() {
    drop(LOG.lock().unwrap_or_else(PoisonError::into_inner).take());
}

/// Runs the server until it is told to stop.
pub(crate) async fn run(flags: &Flags) -> anyhow::Result<()> {
    let config = Config::load(flags)?;
    start_log(&config);
    let faults = production::faults(&config);
    if !faults.is_empty() {
        anyhow::bail!("the configuration is not fit for {}:\n  {}", config.mode, faults.join("\n  "));
    }
    let ending = CancellationToken::new();
    tokio::spawn({
        let ending = ending.clone();
        async move {
            stop_requested().await;
            tracing::info!("stopping; once more to stop at once");
            systemd::notify("STOPPING=1");
            ending.cancel();
            stop_requested().await;
            std::process::exit(130);
        }
    });
    let running = start(&config, &ending).await?;
    systemd::notify("READY=1");
    tokio::spawn(systemd::watch(ending.clone()));
    banner(&config, &running);
    if let Some(secret) = engine::setup::link(&running.engine).await? {
        eprintln!("{}\n", crate::commands::setup_text(&config, &secret)?);
    }
    running.until_stopped().await;
    Ok(())
}

/// A server that runs.
pub(crate) struct Running {
    engine: Arc<engine::Engine>,
    ending: CancellationToken,
    tasks: TaskTracker,
    sockets: TaskTracker,
    /// The addresses that were bound, in the order of the configuration.
    pub(crate) addresses: Vec<std::net::SocketAddr>,
    pub(crate) missing: Vec<String>,
    _folder: Arc<Folder>,
}

impl Running {
    /// Waits until everything has stopped and the database is closed: a copy of its file is then a copy of all.
    pub(crate) async fn until_stopped(self) {
        self.ending.cancelled().await;
        self.tasks.close();
        self.sockets.close();
        self.engine.sending.close();
        let all = async {
            self.engine.sending.wait().await;
            self.sockets.wait().await;
            self.tasks.wait().await;
        };
        if tokio::time::timeout(GRACE, all).await.is_err() {
            tracing::warn!("not everything stopped in time; leases will run out");
        }
        self.engine.close().await;
    }
}

/// Starts a server from a configuration.
pub(crate) async fn start(config: &Config, ending: &CancellationToken) -> anyhow::Result<Running> {
    // Bound first: an address that is taken is said before anything is touched.
    let mut bound = Vec::new();
    for (address, names) in config.mounts() {
        bound.push((listener::bind(address).await?, names));
    }
    let addresses: Vec<_> = bound.iter().map(|(listener, _)| listener.local_addr()).collect::<Result<_, _>>()?;
    let folder = Arc::new(Folder::hold(config, &outside::random::SystemRandom)?);
    let engine = assemble::build_engine(config, Some(&folder)).await?;
    if config.production() {
        production::published_accounts(&engine).await?;
    } else {
        production::seed(&engine, config).await?;
    }
    older_copy::made_good(&engine, config).await?;
    engine::clock::note(&engine).await?;
    let missing = engine.ready().await?;
    for lack in &missing {
        tracing::warn!(lack, "something is missing; what needs it is refused until it is there");
    }
    let options = Options {
        origins: config.cors.origins.iter().map(|origin| origin.0.clone()).collect(),
        proxies: config.listen.proxies.clone(),
        public_docs: config.docs.public,
        query_token: config.ws.query_token,
        ping_s: config.ws.ping_s.get(),
        pong_s: config.ws.pong_s.get(),
        count_loopback: config.limits.per_address,
        zone: config.time_zone.zone.clone(),
        deployment: deployment(config),
        mask_email: config.users.mask_email,
    };
    let sockets = TaskTracker::new();
    let app = App {
        engine: Arc::clone(&engine),
        options: Arc::new(options),
        settings: Arc::new(config.surfaces.0.clone()),
        ending: ending.clone(),
        sockets: sockets.clone(),
        open: Arc::default(),
    };
    let metrics = recorder();
    let listen = &config.listen;
    let connections = Connections::new(listen.connections.size(), listen.connections_per_address.size(), listen.proxies.clone());
    let tasks = TaskTracker::new();
    for (socket, names) in bound {
        let router = listener::router(&names, &app, metrics.clone())?;
        tasks.spawn(listener::serve(socket, router, Arc::clone(&connections), ending.clone()));
    }
    tokio::spawn(Arc::clone(&engine).listen());
    tokio::spawn(engine::live::follow(Arc::clone(&engine)));
    if config.worker.enabled {
        tasks.spawn(engine::worker::Worker::new(Arc::clone(&engine)).serve(ending.clone()));
    }
    tasks.spawn(reconcile(Arc::clone(&engine), ending.clone()));
    tasks.spawn(engine::webhook::serve(Arc::clone(&engine), ending.clone()));
    tasks.spawn(engine::bulk::serve(Arc::clone(&engine), ending.clone()));
    tasks.spawn(housekeeping(Arc::clone(&engine), Arc::clone(&folder), anchors::path(config), metrics, config.clone(), ending.clone()));
    tasks.spawn(backup::serve(Arc::clone(&engine), config.clone(), ending.clone()));
    Ok(Running { engine, ending: ending.clone(), tasks, sockets, addresses, missing, _folder: folder })
}

/// How this server is run, as administrators are told.
fn deployment(config: &Config) -> Deployment {
    let mounts = config.mounts();
    let campus = mounts.iter().find(|(_, names)| names.contains(&"campus")).or(mounts.first());
    let shared = !config.database.is_empty();
    Deployment {
        production: config.production(),
        host: campus.map_or_else(String::new, |(address, _)| address.ip().to_string()),
        port: campus.map_or(0, |(address, _)| address.port()),
        shared_database: shared,
        database: if shared { config.database.to_string() } else { "sqlite://gongfang.db".to_owned() },
        configuration: config.listed(),
    }
}

/// The metrics of this process; one recorder, however many servers a test starts.
fn recorder() -> PrometheusHandle {
    static RECORDER: std::sync::OnceLock<PrometheusHandle> = std::sync::OnceLock::new();
    let build = || {
        let recorder = PrometheusBuilder::new().build_recorder();
        let handle = recorder.handle();
        let _ = metrics::set_global_recorder(recorder);
        handle
    };
    RECORDER.get_or_init(build).clone()
}

/// Asks gateways about orders that nobody called about, so that a lost callback still credits.
async fn reconcile(engine: Arc<engine::Engine>, ending: CancellationToken) {
    let mut tick = tokio::time::interval(Duration::from_secs(5));
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = tick.tick() => {}
            () = ending.cancelled() => return,
        }
        tokio::select! {
            asked = engine::order::due(&engine) => {
                if let Err(error) = asked {
                    tracing::error!(%error, "gateways could not be asked about orders");
                }
            }
            () = ending.cancelled() => return,
        }
    }
}

/// At the start, once an hour and at the end the ledger is anchored outside the database; what nobody needs any more is dropped.
async fn housekeeping(
    engine: Arc<engine::Engine>,
    folder: Arc<Folder>,
    anchors: std::path::PathBuf,
    metrics: PrometheusHandle,
    config: Config,
    ending: CancellationToken,
) {
    let mut disk = Disk::new(&config);
    let mut hour = tokio::time::interval(Duration::from_secs(3600));
    let mut upkeep = tokio::time::interval(Duration::from_secs(5));
    loop {
        tokio::select! {
            _ = upkeep.tick() => {
                metrics.run_upkeep();
                disk.look(&engine);
                if let Err(error) = engine::clock::note(&engine).await {
                    tracing::warn!(%error, "the time could not be noted");
                }
                if let Err(error) = engine::runtime_settings::refresh(&engine).await {
                    tracing::warn!(%error, "what administrators set could not be looked at");
                }
            }
            _ = hour.tick() => {
                anchors::write(&engine, &anchors).await;
                tidy(&engine).await;
                disk.measure().await;
                if let Err(error) = folder.tidy() {
                    tracing::error!(%error, "working folders that were left could not be removed");
                }
            }
            () = ending.cancelled() => break,
        }
    }
    anchors::write(&engine, &anchors).await;
}

/// Drops what nobody needs any more.
async fn tidy(engine: &engine::Engine) {
    if let Err(error) = engine::delivery::tidy(engine).await {
        tracing::error!(%error, "old deliveries could not be dropped");
    }
    if let Err(error) = engine::webhook::tidy(engine).await {
        tracing::error!(%error, "old events of webhooks could not be dropped");
    }
    if let Err(error) = engine::upload::object::tidy(engine).await {
        tracing::error!(%error, "uploads that never arrived could not be dropped");
    }
    if let Err(error) = engine::housekeeping::tidy(engine).await {
        tracing::error!(%error, "what is old could not be dropped");
    }
    if let Err(error) = engine::idempotency::tidy(engine).await {
        tracing::error!(%error, "old answers could not be dropped");
    }
}

async fn stop_requested() {
    let interrupt = tokio::signal::ctrl_c();
    let mut terminate = match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()).context("no signals") {
        Ok(terminate) => terminate,
        Err(error) => {
            tracing::warn!(%error, "only Ctrl-C stops this process");
            let _ = interrupt.await;
            return;
        }
    };
    tokio::select! {
        _ = interrupt => {}
        _ = terminate.recv() => {}
    }
}

/// Says where everything is.
fn banner(config: &Config, running: &Running) {
    let mut lines = vec![format!("gongfang 工坊 {} ({})", env!("CARGO_PKG_VERSION"), config.mode), String::new()];
    for (address, names) in running.addresses.iter().zip(config.mounts().into_iter().map(|(_, names)| names)) {
        lines.push(format!("  listening       http://{address}  ({})", names.join(", ")));
        if names.contains(&"console") {
            lines.push(format!("    console       http://{address}/"));
        }
        for path in listener::documentation(&names).into_iter().filter(|_| config.docs.public) {
            lines.push(format!("    documentation http://{address}{path}"));
        }
    }
    let url = config.url_of("media").unwrap_or_default();
    lines.push(format!("  health          {url}/readyz  and  {url}/metrics"));
    lines.push(format!("  data            {}", config.data));
    let whose = if config.time_zone.is_system() { "the machine's own; set time_zone to choose another" } else { "as configured" };
    lines.push(format!("  time zone       {}  ({whose})", zone_name(&config.time_zone.zone, running.engine.now())));
    if !config.production() {
        lines.push(format!("  sign in as      test@bigniu.com or {} (their passwords stand in README.md)", config.admin.username));
        if config.codes.echo {
            lines.push("  codes           come back in answers".to_owned());
        }
        lines.push("  messages        gongfang outbox".to_owned());
        if config.mounts().iter().any(|(_, names)| names.contains(&"sandbox")) {
            lines.push("  payments        a sandbox gateway, where no money moves".to_owned());
        }
        lines.push("  DEVELOPMENT: published passwords, for this machine only".to_owned());
    }
    for lack in &running.missing {
        lines.push(format!("  MISSING         {lack}"));
    }
    eprintln!("{}\n", lines.join("\n"));
}
