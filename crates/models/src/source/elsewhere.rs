//! Models of the workspace outside of the requested folder: their tables still have a model,
//! so they are kept.

use autogen_schema::{Bearing, Unread};

use super::crates::Layout;
use super::graph::{Modules, Site};
use crate::diagnostic::Diagnostic;

/// The models outside of the requested folder, and what could not be read there.
pub(super) fn elsewhere(
    modules: &Modules,
    layout: &Layout,
    counts: &dyn Fn(&str) -> bool,
) -> Vec<Unread> {
    let is_outside = |file: &str| !counts(file);
    let sites = modules.sites.iter().filter(|it| !it.model.skip);
    let sites = sites.map(|it| moved(modules, it, &layout.scope));
    let problems = modules.problems.iter().map(broken);
    let unread = modules.unread.iter().filter(|it| it.bearing == Bearing::Likely);
    let unread = unread.map(|it| Unread { bearing: Bearing::Unlikely, ..it.clone() });
    let mut all: Vec<Unread> = sites.chain(problems).chain(unread).collect();
    all.retain(|it| is_outside(&it.origin.file));
    all.extend(layout.absent.iter().cloned());
    all.sort();
    all.dedup();
    all
}

fn moved(modules: &Modules, site: &Site, scope: &str) -> Unread {
    let table = &site.model.table.name;
    let folder = if scope.is_empty() { "the folder of the models" } else { &format!("`{scope}`") };
    Unread {
        origin: modules.place(site.file, site.model.span),
        what: format!("the model of `{table}`"),
        why: format!("it is outside of {folder}"),
        table: Some(table.clone()),
        bearing: Bearing::Elsewhere,
    }
}

fn broken(problem: &Diagnostic) -> Unread {
    Unread {
        origin: problem.origin.clone(),
        what: "a part of the workspace".to_owned(),
        why: problem.message.clone(),
        table: None,
        bearing: Bearing::Unlikely,
    }
}
