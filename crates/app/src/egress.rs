//! The guarded client for calls to the outside, and the providers that are reached with it.

use std::time::Duration;

use outside::{ai, egress};
use ports::address;

use crate::config::{Config, Provider};

/// The guarded client, with its own deadline.
pub(crate) fn client(config: &Config, deadline: Duration) -> anyhow::Result<egress::Egress> {
    Ok(egress::Egress::new(egress::Policy {
        loopback: config.egress.private_targets,
        allow: config.egress.allow.clone(),
        ports: config.ports(),
        deadline,
        most_bytes: config.egress.most_bytes.size(),
    })?)
}

/// A provider of a section; none where it has no address.
pub(crate) fn provider(egress: &egress::Egress, section: &Provider) -> Option<ai::Provider> {
    (!section.url.is_empty()).then(|| ai::Provider {
        egress: egress.clone(),
        url: address::base(&section.url, &["chat/completions", "images/generations", "audio/speech", "sdapi/v1/txt2img", "sdapi/v1"]),
        key: section.key.expose().to_owned(),
        model: section.model.clone(),
        price: section.price.amount(),
        concurrency: section.concurrency.size(),
    })
}
