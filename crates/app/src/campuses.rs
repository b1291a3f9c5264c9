//! The learning platforms of the campus surface, and what the operator chose for it. To add a connector, name it here.

use std::sync::Arc;

use anyhow::{bail, ensure};
use domain::window::Rule;
use engine::{campus::Campuses, settings};
use outside::{
    campus::{Canvas, Demo, Manner, Moodle, Parts},
    egress::{Egress, Policy},
    random::SystemRandom,
};
use ports::{clock::Clock, web::Web};
use surfaces::speak::CampusRules;

use crate::{
    assemble::{seconds, yuan},
    config::Config,
};

/// The connectors that the operator chose, the usual one first.
pub(crate) fn campuses(
    config: &Config,
    strangers: &Arc<dyn Web>,
    random: Arc<SystemRandom>,
    clock: &Arc<dyn Clock>,
) -> anyhow::Result<Campuses> {
    let section = &config.campus;
    ensure!((1..=64).contains(&section.site_calls), "campus.site_calls must be from 1 to 64");
    let at_once = usize::try_from(section.site_calls)?;
    let manner = |https_only| Manner { https_only, at_once, ..Manner::default() };
    let parts = |sites: &[String], https_only| parts(config, sites, strangers, random.clone(), clock, manner(https_only));
    let mut campuses = Campuses::default();
    for platform in &section.platforms {
        campuses = match platform.as_str() {
            "demo" => campuses.with(Arc::new(Demo { web: Arc::clone(strangers), base: config.url_of("sandbox")? })),
            "moodle" => campuses.with(Arc::new(Moodle::new(parts(&section.moodle_sites, section.moodle_https)?))),
            "canvas" => campuses.with(Arc::new(Canvas::new(parts(&section.canvas_sites, section.canvas_https)?))),
            other => bail!("campus.platforms must name demo, moodle and canvas, not {other}"),
        };
    }
    Ok(campuses)
}

/// What the connector to a sort of platform is made of, whose sites the operator may have listed.
fn parts(
    config: &Config,
    sites: &[String],
    strangers: &Arc<dyn Web>,
    random: Arc<SystemRandom>,
    clock: &Arc<dyn Clock>,
    manner: Manner,
) -> anyhow::Result<Parts> {
    let web = listed(config, sites)?;
    Ok(Parts { web, strangers: Arc::clone(strangers), sites: sites.to_vec(), clock: Arc::clone(clock), random, manner })
}

/// How sites that the operator named are reached: they may stand in a private network; those that learners name may not.
fn listed(config: &Config, sites: &[String]) -> anyhow::Result<Arc<dyn Web>> {
    let host = |site: &String| {
        let rest = site.split_once("://").map_or(site.as_str(), |(_, rest)| rest);
        rest.split(['/', ':']).next().unwrap_or_default().to_owned()
    };
    let listed = Egress::new(Policy {
        loopback: config.egress.private_targets,
        allow: sites.iter().map(host).collect(),
        ports: config.ports()?,
        deadline: seconds(config.egress.deadline_s),
        most_bytes: usize::try_from(config.egress.most_bytes).unwrap_or(0),
    })?;
    Ok(Arc::new(listed))
}

/// What the operator chose for courses that are studied as tasks.
pub(crate) fn settings(config: &Config) -> anyhow::Result<settings::Campus> {
    let section = &config.campus;
    ensure!((1..=10).contains(&section.active_tasks), "campus.active_tasks must be from 1 to 10");
    ensure!((600..=28_800).contains(&section.timeout_s), "campus.timeout_s must be from 600 to 28800");
    ensure!((3600..=2_592_000).contains(&section.session_s), "campus.session_s must be from 3600 to 2592000");
    Ok(settings::Campus {
        price: yuan("campus.price", &section.price)?,
        most_tasks: section.active_tasks,
        timeout: seconds(section.timeout_s),
        session: seconds(section.session_s),
        concurrency: usize::try_from(section.concurrency).unwrap_or(1).max(1),
        ..settings::Settings::default().campus
    })
}

/// What the campus surface counts of one network.
pub(crate) fn rules(config: &Config) -> CampusRules {
    let section = &config.campus;
    let rule = |allowed: i64, span_s| Rule { allowed: u32::try_from(allowed).unwrap_or(u32::MAX).max(1), span: seconds(span_s) };
    CampusRules {
        sign_ins: rule(section.logins_per_minute, 60),
        registrations: rule(section.registrations_per_hour, 3600),
        resets: rule(section.resets_per_hour, 3600),
        requests: rule(section.requests_per_minute, 60),
    }
}
