//! What systemd is told where it started this process: that it is ready, that it lives, that it stops.

use std::{
    os::{
        linux::net::SocketAddrExt,
        unix::net::{SocketAddr, UnixDatagram},
    },
    time::Duration,
};

use tokio_util::sync::CancellationToken;

use crate::config::variable;

/// Tells the service manager; nothing to do where there is none.
pub(crate) fn notify(state: &str) {
    let Some(socket) = variable("NOTIFY_SOCKET").filter(|socket| !socket.is_empty()) else { return };
    if let Err(error) = send(&socket, state) {
        tracing::warn!(%error, state, "systemd could not be told");
    }
}

fn send(socket: &str, state: &str) -> std::io::Result<()> {
    let address = match socket.strip_prefix('@') {
        Some(name) => SocketAddr::from_abstract_name(name)?,
        None => SocketAddr::from_pathname(socket)?,
    };
    UnixDatagram::unbound()?.send_to_addr(state.as_bytes(), &address).map(drop)
}

/// Says twice in every span that systemd allows that this process still gets turns, until it ends.
pub(crate) async fn watch(ending: CancellationToken) {
    let asked = variable("WATCHDOG_USEC").and_then(|text| text.parse().ok()).filter(|micros| *micros > 0);
    let ours = variable("WATCHDOG_PID").is_none_or(|pid| pid == std::process::id().to_string());
    let Some(micros) = asked.filter(|_| ours) else { return };
    let mut tick = tokio::time::interval(Duration::from_micros(micros) / 2);
    loop {
        tokio::select! {
            _ = tick.tick() => notify("WATCHDOG=1"),
            // While it stops, systemd counts TimeoutStopSec instead.
            () = ending.cancelled() => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_with_a_path_or_in_the_abstract_hears_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notify");
        let hears = |socket: &UnixDatagram, name: &str| {
            send(name, "READY=1").unwrap();
            let mut buffer = [0; 32];
            let length = socket.recv(&mut buffer).unwrap();
            assert_eq!(&buffer[..length], b"READY=1");
        };
        hears(&UnixDatagram::bind(&path).unwrap(), path.to_str().unwrap());
        let name = format!("gongfang-test-{}", std::process::id());
        hears(&UnixDatagram::bind_addr(&SocketAddr::from_abstract_name(&name).unwrap()).unwrap(), &format!("@{name}"));
    }
}
