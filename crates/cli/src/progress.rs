//! The progress of a run, on stderr: a bar on a terminal, otherwise a line for each
//! statement.

use std::io::IsTerminal;
use std::time::Duration;

use autogen_live::Phase;
use autogen_live::history::RevisionSummary;
use autogen_live::run::{Finished, Progress};
use autogen_schema::{counted, visible};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::output;

/// How often the bar moves by itself.
const TICK: Duration = Duration::from_millis(100);

/// How much of a statement is shown.
const WIDTH: usize = 100;

/// Reports the progress.
pub(crate) struct Told {
    bar: Option<ProgressBar>,
    timings: bool,
    waits: bool,
    blocked: bool,
    statement: String,
}

impl Told {
    /// Without a terminal there is no bar, and times are reported only with `timings`, so that
    /// the same run has the same output.
    pub(crate) fn new(timings: bool) -> Self {
        let bar = (std::io::stderr().is_terminal() && !output::is_quiet()).then(|| {
            let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
            let template = "{spinner} {pos}/{len} [{bar:24}] {elapsed} {wide_msg}";
            if let Ok(style) = ProgressStyle::with_template(template) {
                bar.set_style(style.progress_chars("=> "));
            }
            bar
        });
        Self { bar, timings, waits: false, blocked: false, statement: String::new() }
    }

    fn note(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| output::note(text)),
            None => output::note(text),
        }
    }
}

/// What a statement does, in one line: what it creates, or all that it alters.
fn line_of(sql: &str) -> String {
    let first = sql.lines().next().unwrap_or_default();
    let line = match first.strip_suffix('(') {
        Some(created) => created.trim_end().to_owned(),
        None => sql.split_whitespace().collect::<Vec<_>>().join(" "),
    };
    let line = visible(&line);
    match line.char_indices().nth(WIDTH) {
        Some((end, _)) => format!("{} ..", &line[..end]),
        None => line.into_owned(),
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

impl Progress for Told {
    fn waiting(&mut self, _: Duration) {
        if !self.waits {
            self.note("another process is migrating this database, waiting");
        }
        self.waits = true;
    }

    fn begins(&mut self, revision: &RevisionSummary, done: usize, total: usize) {
        let rest = if done > 0 { format!(", continuing after {done}") } else { String::new() };
        let (id, about) = (visible(&revision.id), visible(&revision.description));
        self.note(&format!("{id} {about}: {}{rest}", counted(total, "statement")));
        if let Some(bar) = &self.bar {
            bar.set_length(total as u64);
            bar.set_position(done as u64);
            bar.enable_steady_tick(TICK);
        }
    }

    fn statement(&mut self, number: usize, total: usize, sql: &str) {
        self.statement = line_of(sql);
        if output::is_verbose() {
            self.note(sql);
        }
        match &self.bar {
            Some(bar) => {
                bar.set_position(number.saturating_sub(1) as u64);
                bar.reset_elapsed();
                bar.set_message(self.statement.clone());
            }
            None => output::note(&format!("  {number}/{total} {}", self.statement)),
        }
    }

    fn finished(&mut self, it: &Finished) {
        let Finished { number, total, .. } = it;
        let mut words = format!("{:.2} s", it.took.as_secs_f64());
        if let Some(rows) = it.rows {
            words.push_str(&format!(", {}", counted(rows, "row")));
        }
        match &self.bar {
            Some(bar) => {
                bar.set_position(*number as u64);
                self.note(&format!("  {number}/{total} {} ({words})", self.statement));
            }
            None if self.timings => output::note(&format!("  {number}/{total} took {words}")),
            None => {}
        }
    }

    fn blocked(&mut self, _: Duration) {
        if !self.blocked {
            self.note("  another session holds a lock that it requires, trying again");
        }
        self.blocked = true;
    }

    fn is_curious(&self) -> bool {
        self.bar.is_some()
    }

    fn phase(&mut self, phase: &Phase) {
        let Some(bar) = &self.bar else { return };
        let part = match (phase.done * 100).checked_div(phase.total) {
            Some(percent) => format!("{percent}%, {} of {}", phase.done, phase.total),
            None => String::new(),
        };
        bar.set_message(format!("{} {part} {}", phase.name, self.statement));
    }

    fn ends(&mut self, _: &RevisionSummary) {
        if let Some(bar) = &self.bar {
            bar.disable_steady_tick();
        }
    }
}
