//! What a run records: finished steps, log lines, course counts; in one write, and only while the run still holds the task.

use domain::study::Level;

use crate::{
    Error,
    worker::Failure,
    worker::{Job, failed},
};

/// What is recorded in one write.
#[derive(Debug, Clone, Default)]
pub(super) struct Note {
    /// Finished steps: the name of each, and its output.
    pub(super) steps: Vec<(String, String)>,
    /// Log lines.
    pub(super) lines: Vec<(Level, String)>,
    /// The courses' names, how many are worked through, and how many there are.
    pub(super) courses: Option<(Vec<String>, i64, i64)>,
    /// Whether something was finished that no later run repeats.
    pub(super) advances: bool,
}

impl Note {
    /// One line.
    pub(super) fn line(level: Level, text: impl Into<String>) -> Self {
        Self { lines: vec![(level, text.into())], ..Self::default() }
    }

    /// Adds a finished step.
    pub(super) fn and_step(mut self, name: String, left: String) -> Self {
        self.steps.push((name, left));
        self
    }

    /// Appends another note to this one.
    pub(super) fn join(&mut self, other: Self) {
        self.steps.extend(other.steps);
        self.lines.extend(other.lines);
        self.courses = other.courses.or(self.courses.take());
        self.advances |= other.advances;
    }
}

/// Writes a note.
///
/// # Errors
/// [`Failure`] if the task has been lost meanwhile; the work must stop then.
pub(super) async fn write(job: &Job, note: Note) -> Result<(), Failure> {
    let (attempt, advances) = (job.task.attempt, note.advances);
    job.while_held(async move |tx, id, now| {
        for (name, left) in &note.steps {
            store::step::insert(tx, id, attempt, name, left, now).await?;
        }
        for (level, text) in &note.lines {
            store::log::append(tx, id, *level, text, now).await?;
        }
        if let Some((titles, completed, total)) = &note.courses {
            store::study::note(tx, id, titles, *completed, *total).await?;
        }
        if note.advances {
            store::task::advanced(tx, id).await?;
        }
        Ok(())
    })
    .await?;
    if advances {
        job.advanced();
    }
    Ok(())
}

/// The steps that the attempt has already finished, by name.
///
/// # Errors
/// [`Failure`] if the database does not answer.
pub(super) async fn finished(job: &Job) -> Result<std::collections::HashMap<String, String>, Failure> {
    let id = job.task.id;
    let attempt = job.task.attempt;
    let read = job.engine.db.read(async move |tx| Ok(store::step::all(tx, id, attempt).await?));
    let steps = read.await.map_err(|error: Error| failed(&error))?;
    Ok(steps.into_iter().collect())
}
