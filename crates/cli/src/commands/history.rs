//! `autogen history`: the migrations, newest first, drawn as a graph.

use std::collections::BTreeSet;

use autogen_live::history::Applied;
use autogen_live::revisions::done;
use autogen_live::revisions::known;
use autogen_plan::{Revision, Revisions};

use crate::args::History;
use crate::details::{details, marks};
use crate::error::{Error, exit};
use crate::output;
use crate::project::Project;

pub(super) async fn run(project: &Project, args: &History) -> Result<u8, Error> {
    let revisions = project.folder.revisions()?;
    let asks = (args.verbose || args.indicate_current) && project.database_url.is_some();
    if args.indicate_current {
        project.url()?;
    }
    let applied = match asks {
        true => {
            let found = project.history(&project.connect_to_read().await?, &revisions).await?;
            // Mismatches are reported by other commands; here the history is only shown.
            Some(known(found.clone(), &revisions).unwrap_or(found))
        }
        false => None,
    };
    let shown = range(&revisions, args.range.as_deref(), applied.as_deref())?;
    let listed: Vec<&Revision> =
        revisions.iter().rev().filter(|it| shown.contains(it.id.as_str())).collect();
    let here =
        if args.indicate_current { tips(&revisions, applied.as_deref()) } else { Vec::new() };
    // A single line needs no drawing.
    let graph = revisions.heads().len() > 1 || !revisions.branch_points().is_empty();
    let mut lanes = Lanes::default();
    for revision in listed {
        let mut text = match args.verbose {
            true => details(&revisions, revision),
            false => format!("{}{}\n", revision.title(), marks(&revisions, revision)),
        };
        if here.iter().any(|it| it.id == revision.id) {
            text = text.replacen('\n', " <- the database\n", 1);
        }
        if args.verbose
            && let Some(rows) = &applied
        {
            text.push_str(&format!("    state: {}\n", state(rows, revision)));
        }
        output::result(&if graph { lanes.draw(revision, &shown, &text) } else { text });
    }
    if revisions.is_empty() {
        output::note("there are no migrations; `autogen diff` writes one");
    }
    Ok(exit::DONE)
}

fn state(rows: &[Applied], revision: &Revision) -> String {
    let row = rows.iter().find(|row| row.revision.id == revision.id);
    row.map_or("pending".to_owned(), |row| {
        let at = row.finished_at.as_deref().unwrap_or(&row.started_at);
        format!("{} {at}", row.state)
    })
}

/// The database's latest revisions.
fn tips<'r>(revisions: &'r Revisions, applied: Option<&[Applied]>) -> Vec<&'r Revision> {
    revisions.tips(&done(applied.unwrap_or_default()))
}

/// `A:B` is what comes after A up to B, either of which may be omitted; a named end is shown
/// too.
fn range<'r>(
    revisions: &'r Revisions,
    range: Option<&str>,
    applied: Option<&[Applied]>,
) -> Result<BTreeSet<&'r str>, Error> {
    let Some(range) = range else {
        return Ok(revisions.iter().map(|it| it.id.as_str()).collect());
    };
    let Some((from, to)) = range.split_once(':') else {
        return Err(Error::usage(
            "A0626",
            format!("`{range}` is no range"),
            "write FROM:TO; either may be omitted",
        ));
    };
    let done = done(applied.unwrap_or_default());
    let find = |name: &str, default: &str| {
        let name = if name.is_empty() { default } else { name };
        match name {
            "current" => Ok(revisions.tips(&done)),
            name => revisions.find_from(name, &done),
        }
    };
    let (from, to) = (find(from, "base")?, find(to, "heads")?);
    let mut shown = revisions.lineage_of(&to);
    for id in revisions.lineage_of(&from) {
        shown.remove(id);
    }
    shown.extend(from.iter().map(|it| it.id.as_str()));
    Ok(shown)
}

/// The open lines of the graph, each waiting for a revision; several may wait for the same
/// one, and join there.
#[derive(Debug, Default)]
struct Lanes(Vec<String>);

impl Lanes {
    /// Draws a revision: a star on its line, next to the other lines.
    fn draw(&mut self, revision: &Revision, shown: &BTreeSet<&str>, text: &str) -> String {
        let mut drawn = String::new();
        let waits = |lane: &String| *lane == revision.id;
        let own = self.0.iter().position(waits).unwrap_or_else(|| {
            self.0.push(revision.id.clone());
            self.0.len() - 1
        });
        let meets = |at: usize, lane: &String| at != own && waits(lane);
        if self.0.iter().enumerate().any(|(at, lane)| meets(at, lane)) {
            drawn.push_str(&self.row(|at, lane| if meets(at, lane) { "/" } else { "|" }, ""));
            let mut at = 0;
            self.0.retain(|lane| {
                at += 1;
                !meets(at - 1, lane)
            });
        }
        for (number, line) in text.lines().enumerate() {
            let sign = if number == 0 { "*" } else { "|" };
            drawn.push_str(&self.row(|at, _| if at == own { sign } else { "|" }, line));
        }
        let parents = revision.parents.iter().filter(|it| shown.contains(it.as_str())).cloned();
        let parents: Vec<String> = parents.collect();
        let count = parents.len();
        self.0.splice(own..=own, parents);
        if count > 1 {
            let new = own + 1..own + count;
            drawn.push_str(&self.row(|at, _| if new.contains(&at) { "\\" } else { "|" }, ""));
        }
        drawn
    }

    fn row<'s>(&self, sign: impl Fn(usize, &String) -> &'s str, text: &str) -> String {
        let signs: Vec<&str> = self.0.iter().enumerate().map(|(at, lane)| sign(at, lane)).collect();
        let row = format!("{} {text}", signs.join(" "));
        format!("{}\n", row.trim_end())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn a_graph() {
        let mut files = BTreeMap::new();
        for (id, parents) in [("1", "none"), ("2", "1"), ("3", "1"), ("4", "2"), ("5", "4, 3")] {
            let text = format!("-- revision: {id}\n-- parents: {parents}\n");
            files.insert(format!("{id}_x.up.sql"), text);
        }
        let revisions = Revisions::read(&files).unwrap_or_default();
        let shown = revisions.iter().map(|it| it.id.as_str()).collect();
        let mut lanes = Lanes::default();
        let drawn: Vec<String> = revisions
            .iter()
            .rev()
            .map(|it| lanes.draw(it, &shown, &format!("{}\n", it.id)))
            .collect();
        let expected = "* 5\n| \\\n* | 4\n| * 3\n* | 2\n| /\n* 1\n";
        assert_eq!(drawn.concat(), expected);
    }
}
