//! `gongfang`: one binary that is the whole back end.

mod anchors;
mod assemble;
mod backup;
mod campuses;
mod carriers;
mod commands;
mod config;
mod connections;
mod demo;
mod disk;
mod doctor;
mod egress;
mod folder;
mod listener;
mod older_copy;
mod production;
mod reach;
mod refusers;
mod secrets;
mod serve;
mod systemd;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

use crate::config::Flags;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Gongfang 工坊: users sign in, pay, hand in a long-running task, watch it work, and collect the result.
///
/// Start with `gongfang demo` to see a film made from a story, or `gongfang serve` to run the server.
#[derive(Debug, Parser)]
#[command(version, arg_required_else_help = true)]
struct Arguments {
    /// Where data is kept (database, secrets, files). [GONGFANG_DATA] [default: ./data]
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The configuration file. [GONGFANG_CONFIG] [default: ./gongfang.toml, if there is one]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server until it is told to stop (Ctrl-C; a second one ends it at once).
    Serve,
    /// Make a film from a story through the public API, with a progress bar, and say where it lies.
    Demo(demo::Arguments),
    /// Administrators and outside workers: make an administrator, reset a password, hand out worker tokens.
    #[command(subcommand)]
    Admin(commands::Admin),
    /// Redemption codes: mint a batch into a file, list codes, take a batch back.
    #[command(subcommand)]
    Codes(commands::Codes),
    /// Orders: what happened to one, or ask its gateway again.
    #[command(subcommand)]
    Orders(commands::Orders),
    /// What development would have sent, and what became of what production sent; newest first.
    Outbox(commands::Outbox),
    /// Print what is understood of a story before a film is made of it: who is in it, where and when each scene is, who says what.
    Script {
        /// The story, a text file.
        file: std::path::PathBuf,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Prove the invariants of the ledger and the queue, on a live or stopped database.
    Check,
    /// Copies of the database: make, list, prove or put one back. Secrets are in none of them: keep secrets.toml elsewhere.
    #[command(subcommand)]
    Backup(commands::Backup),
    /// Move the database: from its file into a PostgreSQL.
    #[command(subcommand)]
    Db(commands::Database),
    /// Ask a running server whether it is ready, as a container's health check does; the exit code says so.
    Health,
    /// Look at the configuration, the machine and what can be reached, and say of each what to do next.
    Doctor,
    /// Bring the database to the newest schema and end.
    Migrate,
    /// Print the OpenAPI text of a surface.
    Openapi {
        /// The surface, as the configuration names it.
        surface: String,
    },
    /// Print the link that makes the first administrator; once somebody administers there is none.
    SetupLink,
    /// The configuration in force, or a sample of it.
    #[command(subcommand)]
    Config(commands::Show),
    /// Print completions for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual page.
    Man,
    /// Make the secrets of a production installation, or add those that a newer version needs.
    #[command(subcommand)]
    Secrets(commands::Secrets),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let flags = Flags { data: arguments.data, config: arguments.config };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("gongfang: no threads: {error}");
            return ExitCode::FAILURE;
        }
    };
    let result = runtime.block_on(async {
        match arguments.command {
            Command::Serve => serve::run(&flags).await,
            Command::Demo(arguments) => demo::run(&flags, arguments).await,
            Command::Admin(what) => commands::admin(&flags, what).await,
            Command::Codes(what) => commands::codes(&flags, what).await,
            Command::Orders(what) => commands::orders(&flags, what).await,
            Command::Outbox(filter) => commands::outbox(&flags, filter).await,
            Command::Script { file, json } => commands::script(&file, json),
            Command::Check => commands::check(&flags).await,
            Command::Backup(what) => commands::backup(&flags, what).await,
            Command::Db(what) => commands::database(&flags, what).await,
            Command::Health => commands::health(&flags).await,
            Command::Doctor => commands::doctor(&flags).await,
            Command::Completions { shell } => commands::completions(shell),
            Command::Man => commands::manual(),
            Command::Migrate => commands::migrate(&flags).await,
            Command::Openapi { surface } => commands::openapi(&surface),
            Command::SetupLink => commands::setup_link(&flags).await,
            Command::Config(what) => commands::config(&flags, &what),
            Command::Secrets(commands::Secrets::Create) => commands::create_secrets(&flags).await,
        }
    });
    // Children and readers that still run are not waited for longer.
    runtime.shutdown_timeout(std::time::Duration::from_secs(2));
    serve::flush_log();
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("gongfang: {error:#}");
            ExitCode::FAILURE
        }
    }
}
