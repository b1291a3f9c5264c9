//! ffmpeg as a child: in a process group of its own, fed through a pipe, killed when the work must stop.
//!
//! No text of a caller's is ever in its arguments; files are named by us and stand in the working folder.

use std::{
    io::{Read, Write},
    path::Path,
    process::{Child, Stdio},
};

use ports::fault::Fault;
use tokio_util::sync::CancellationToken;

use crate::child;

/// What every call says first: nothing asked, nothing read but files and pipes, the same bytes each time.
const QUIET: [&str; 8] = ["-hide_banner", "-nostdin", "-nostats", "-loglevel", "error", "-protocol_whitelist", "file,pipe", "-y"];

/// A running ffmpeg.
pub(super) struct Encoder {
    child: Child,
    errors: std::thread::JoinHandle<String>,
}

impl Encoder {
    /// Starts ffmpeg in `folder`.
    pub(super) fn start(folder: &Path, arguments: &[&str]) -> Result<Self, Fault> {
        let mut command = child::command("ffmpeg");
        command.current_dir(folder).args(QUIET).args(arguments).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| Fault::lasting(format!("ffmpeg cannot be started: {error}")))?;
        let mut stderr = child.stderr.take().ok_or_else(|| Fault::lasting("ffmpeg has no error output"))?;
        let errors = std::thread::spawn(move || {
            // The last words only: a broken encoder may print without end.
            let mut tail = Vec::new();
            let mut buffer = [0; 4096];
            while let Ok(count) = stderr.read(&mut buffer) {
                if count == 0 {
                    break;
                }
                tail.extend_from_slice(&buffer[..count]);
                if tail.len() > 8192 {
                    tail.drain(..tail.len() - 4096);
                }
            }
            String::from_utf8_lossy(&tail).trim().to_owned()
        });
        Ok(Self { child, errors })
    }

    /// Feeds it; a broken pipe is told by [`Encoder::finish`], with ffmpeg's own words.
    pub(super) fn write(&mut self, bytes: &[u8]) -> bool {
        self.child.stdin.as_mut().is_some_and(|pipe| pipe.write_all(bytes).is_ok())
    }

    /// Ends its input and waits for its end.
    pub(super) fn finish(mut self, stop: &CancellationToken) -> Result<(), Fault> {
        drop(self.child.stdin.take());
        let status = self.child.wait().map_err(|error| Fault::passing(format!("ffmpeg: {error}")))?;
        let words = self.errors.join().unwrap_or_default();
        if stop.is_cancelled() {
            return Err(Fault::Stopped);
        }
        if status.success() {
            return Ok(());
        }
        let text = format!("ffmpeg ended with {status}: {words}");
        // A full disk or a kill from outside may pass; a refusal of its arguments does not.
        if words.contains("No space left") || status.code().is_none() { Err(Fault::passing(text)) } else { Err(Fault::lasting(text)) }
    }

    /// Kills it, with all of its group, as soon as `stop` is cancelled.
    pub(super) fn guard(&self, stop: &CancellationToken) -> tokio::task::JoinHandle<()> {
        let (group, stop) = (rustix::process::Pid::from_child(&self.child), stop.clone());
        tokio::spawn(async move {
            stop.cancelled().await;
            // It may have ended by itself just now.
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        })
    }
}

/// Runs `feed` against an ffmpeg started with `arguments` in `folder`, off the async threads.
pub(super) async fn run<F>(folder: &Path, arguments: Vec<String>, stop: &CancellationToken, feed: F) -> Result<(), Fault>
where
    F: FnOnce(&mut dyn FnMut(&[u8]) -> bool) + Send,
{
    if stop.is_cancelled() {
        return Err(Fault::Stopped);
    }
    let borrowed: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut encoder = Encoder::start(folder, &borrowed)?;
    let guard = encoder.guard(stop);
    let result = tokio::task::block_in_place(|| {
        feed(&mut |bytes| !stop.is_cancelled() && encoder.write(bytes));
        encoder.finish(stop)
    });
    guard.abort();
    result
}

/// What is missing of ffmpeg on this machine, if anything.
#[must_use]
pub fn probe() -> Option<String> {
    let listed = match child::output(child::command("ffmpeg").args(["-hide_banner", "-encoders"]), b"", child::PROBE) {
        Ok((status, printed)) if status.success() => String::from_utf8_lossy(&printed).into_owned(),
        Err(error) if error.kind() == std::io::ErrorKind::TimedOut => return Some(format!("ffmpeg hangs: {error}")),
        Ok(_) | Err(_) => return Some("ffmpeg is not installed (apt-get install ffmpeg)".to_owned()),
    };
    let missing: Vec<&str> = ["libx264", "libmp3lame", " aac ", "mov_text", "mjpeg"]
        .into_iter()
        .filter(|encoder| !listed.contains(encoder))
        .map(str::trim)
        .collect();
    (!missing.is_empty()).then(|| format!("ffmpeg lacks the encoders {}", missing.join(", ")))
}
