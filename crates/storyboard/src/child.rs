//! Child processes: none outlives this process, and none is waited for without end.

use std::{
    io::{Error, ErrorKind, Read, Result, Write},
    os::unix::process::CommandExt,
    process::{Child, Command, ExitStatus, Stdio},
    sync::{OnceLock, mpsc},
    time::Duration,
};

/// How long looking at what a program can do may take.
pub(crate) const PROBE: Duration = Duration::from_secs(5);

/// A program in a process group of its own, which the kernel kills where this process ends first, however it ends.
///
/// Linux forgets such a wish when another program is executed under other rights, never here; `setpriv` makes it for us, as a child
/// cannot be told by safe code.
pub(crate) fn command(program: &str) -> Command {
    static BOUND: OnceLock<bool> = OnceLock::new();
    let bind = |program: &str| {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", program]);
        command
    };
    let works =
        || bind("true").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success());
    let mut command = if *BOUND.get_or_init(works) { bind(program) } else { Command::new(program) };
    command.process_group(0);
    command
}

/// Runs a program with an input that fits into a pipe, and gives what it printed; it is killed where it takes longer than `patience`.
///
/// # Errors
/// Where it cannot be started or takes no input, and [`ErrorKind::TimedOut`].
pub(crate) fn output(command: &mut Command, input: &[u8], patience: Duration) -> Result<(ExitStatus, Vec<u8>)> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let (mut stdin, stdout) = (child.stdin.take(), child.stdout.take());
    let (send, receive) = mpsc::sync_channel(1);
    let input = input.to_vec();
    // Apart, so that a child that neither reads nor writes keeps nobody.
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let written = stdin.take().map_or(Ok(()), |mut pipe| pipe.write_all(&input));
        let read = stdout.map_or(Ok(0), |mut pipe| pipe.read_to_end(&mut bytes));
        let _ = send.send(written.and(read).map(|_| bytes));
    });
    let printed = receive.recv_timeout(patience);
    if printed.is_err() {
        let _ = rustix::process::kill_process_group(rustix::process::Pid::from_child(&child), rustix::process::Signal::KILL);
    }
    let status = ended(&mut child)?;
    match printed {
        Ok(printed) => Ok((status, printed?)),
        Err(_) => Err(Error::new(ErrorKind::TimedOut, format!("no answer within {} s", patience.as_secs()))),
    }
}

/// How a child ended that has said all that it will say; one that goes on all the same is killed.
fn ended(child: &mut Child) -> Result<ExitStatus> {
    const LOOK: Duration = Duration::from_millis(20);
    let mut left = PROBE;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if left.is_zero() {
            let _ = rustix::process::kill_process_group(rustix::process::Pid::from_child(child), rustix::process::Signal::KILL);
            return child.wait();
        }
        left = left.saturating_sub(LOOK);
        std::thread::sleep(LOOK);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_hangs_is_killed_and_one_that_answers_is_heard() {
        let error = output(command("sleep").arg("60"), b"", Duration::from_millis(100)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        let (status, printed) = output(&mut command("cat"), b"spoken", PROBE).unwrap();
        assert!(status.success());
        assert_eq!(printed, b"spoken");
    }
}
