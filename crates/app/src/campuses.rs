//! The learning platforms of the campus surface, and what the operator chose for it. To add a connector, name it here.

use std::sync::Arc;

use config::Address;
use engine::{campus::Campuses, settings};
use outside::{
    campus::{Canvas, Demo, Manner, Moodle, Parts},
    egress::{Egress, Policy},
    random::SystemRandom,
};
use ports::{clock::Clock, web::Web};

use crate::config::{Config, Platform};

/// The connectors that the operator chose, the usual one first.
pub(crate) fn campuses(
    config: &Config,
    strangers: &Arc<dyn Web>,
    random: Arc<SystemRandom>,
    clock: &Arc<dyn Clock>,
) -> anyhow::Result<Campuses> {
    let section = &config.campus;
    let at_once = section.site_calls.size();
    let manner = |https_only| Manner { https_only, at_once, ..Manner::default() };
    let parts = |sites: &[Address], https_only| parts(config, sites, strangers, random.clone(), clock, manner(https_only));
    let mut campuses = Campuses::default();
    for platform in &section.platforms {
        campuses = match platform {
            Platform::Demo => campuses.with(Arc::new(Demo { web: Arc::clone(strangers), base: config.url_of("sandbox")? })),
            Platform::Moodle => campuses.with(Arc::new(Moodle::new(parts(&section.moodle_sites, section.moodle_https)?))),
            Platform::Canvas => campuses.with(Arc::new(Canvas::new(parts(&section.canvas_sites, section.canvas_https)?))),
        };
    }
    Ok(campuses)
}

/// What the connector to a sort of platform is made of, whose sites the operator may have listed.
fn parts(
    config: &Config,
    sites: &[Address],
    strangers: &Arc<dyn Web>,
    random: Arc<SystemRandom>,
    clock: &Arc<dyn Clock>,
    manner: Manner,
) -> anyhow::Result<Parts> {
    let web = listed(config, sites)?;
    Ok(Parts {
        web,
        strangers: Arc::clone(strangers),
        sites: sites.iter().map(|site| (**site).to_owned()).collect(),
        clock: Arc::clone(clock),
        random,
        manner,
    })
}

/// How sites that the operator named are reached: they may stand in a private network; those that learners name may not.
fn listed(config: &Config, sites: &[Address]) -> anyhow::Result<Arc<dyn Web>> {
    let host = |site: &Address| {
        let rest = site.split_once("://").map_or(&**site, |(_, rest)| rest);
        rest.split(['/', ':']).next().unwrap_or_default().to_owned()
    };
    let listed = Egress::new(Policy {
        loopback: config.egress.private_targets,
        allow: sites.iter().map(host).collect(),
        ports: config.ports(),
        deadline: config.egress.deadline_s.span(),
        most_bytes: config.egress.most_bytes.size(),
    })?;
    Ok(Arc::new(listed))
}

/// What the operator chose for courses that are studied as tasks.
pub(crate) fn settings(config: &Config) -> settings::Campus {
    let section = &config.campus;
    settings::Campus {
        price: section.price.amount(),
        most_tasks: i64::from(section.active_tasks.allowed()),
        timeout: section.timeout_s.span(),
        session: section.session_s.span(),
        concurrency: section.concurrency.size(),
        ..settings::Settings::default().campus
    }
}
