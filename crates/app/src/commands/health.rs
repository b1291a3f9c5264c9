//! `gongfang health` and `gongfang doctor`.

use std::{net::IpAddr, time::Duration};

use anyhow::{Context, bail};

use super::print_all;
use crate::{
    config::{Config, Flags},
    doctor::{self, Grade},
};

/// Asks the first listener of the configuration whether it is ready; its answer is the exit code.
pub(crate) async fn health(flags: &Flags) -> anyhow::Result<()> {
    const DEADLINE: Duration = Duration::from_secs(5);
    let config = Config::load(flags)?;
    let (mut address, _) = config.mounts().into_iter().next().context("listen.mounts names no address")?;
    // Whoever listens everywhere listens here.
    if address.ip().is_unspecified() {
        address.set_ip(if address.is_ipv4() { IpAddr::from([127, 0, 0, 1]) } else { IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1]) });
    }
    let client = reqwest::Client::builder().timeout(DEADLINE).no_proxy().build()?;
    let asked = client.get(format!("http://{address}/readyz")).send().await.map_err(reqwest::Error::without_url);
    let answer = asked.with_context(|| format!("nobody answers at {address}: is `gongfang serve` running with this configuration?"))?;
    let status = answer.status();
    let said = answer.text().await?;
    if !status.is_success() {
        bail!("{address} is not ready: {said}");
    }
    println!("{address} is ready: {said}");
    Ok(())
}

/// Prints what was found, one sentence a line; fails where something does not work.
pub(crate) async fn doctor(flags: &Flags) -> anyhow::Result<()> {
    let config = Config::load(flags)?;
    let found = doctor::examine(&config).await;
    let line = |finding: &doctor::Finding| {
        let mark = match finding.grade {
            Grade::Well => "ok   ",
            Grade::Note => "note ",
            Grade::Fault => "FAULT",
        };
        format!("{mark} {}: {}\n", finding.name, finding.text)
    };
    print_all(found.iter().map(line).collect::<String>().trim_end());
    let faults = found.iter().filter(|finding| finding.grade == Grade::Fault).count();
    if faults > 0 {
        bail!("{faults} of {} things do not work", found.len());
    }
    Ok(())
}
