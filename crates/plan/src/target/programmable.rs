//! Views, routines, triggers and policies: whether their texts equal the existing ones.
//!
//! A server rewrites the statements it receives. Texts that are equal word by word are equal;
//! for others only the server knows, and it normalizes all of them at once.

use std::collections::BTreeMap;

use autogen_dialect::{Dialect, Refusal};
use autogen_schema::{
    DeclaredObject, Defined, Grant, Grantable, Metadata, Pair, Policy, QName, Routine, RoutineKind,
    RowSecurity, Schema, Table, Trigger, View,
};

use super::Resolver;
use super::declaration::A_STATEMENT;
use crate::dependencies::Uses;
use crate::findings::Ambiguity;

/// The server's form of the declared texts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Normalized {
    /// The objects in the server's spelling.
    pub schema: Schema,
    /// The objects that it rejected, and why.
    pub refused: BTreeMap<DeclaredObject, String>,
    /// Why it could not be asked at all, if so.
    pub failure: Option<String>,
}

impl Resolver<'_> {
    /// The server's errors for declared texts.
    pub(super) fn refusals(&self) -> Vec<Refusal> {
        let refused = self.normalized.into_iter().flat_map(|normalized| &normalized.refused);
        let mut found: Vec<(&autogen_schema::Origin, Refusal)> = refused
            .filter_map(|(place, reason)| {
                let origin = self.declared.places.get(place)?;
                let object = format!("{} ({}:{})", shown(place), origin.file, origin.line);
                let message = format!("the server does not accept it: {reason}");
                let hint = "correct the statement; nothing was changed".to_owned();
                Some((origin, Refusal { code: "A0706", object, message, hint }))
            })
            .collect();
        found.sort();
        found.into_iter().map(|(_, refusal)| refusal).collect()
    }

    /// Declared views that read themselves, directly or through others.
    pub(super) fn circles(&self, views: &BTreeMap<QName, View>) -> Vec<Refusal> {
        let mut open: BTreeMap<&QName, Uses> = views
            .iter()
            .filter(|(name, _)| {
                self.declared.places.contains_key(&DeclaredObject::View((*name).clone()))
            })
            .map(|(name, view)| (name, Uses::of_view(self.dialect, view)))
            .collect();
        loop {
            let names: Vec<&QName> = open.keys().copied().collect();
            let before = open.len();
            open.retain(|_, uses| names.iter().any(|other| uses.surely_reads(other)));
            if open.len() == before {
                break;
            }
        }
        let names: Vec<String> = open.keys().map(ToString::to_string).collect();
        let refusal = |name: &&QName| {
            let origin = self.declared.places.get(&DeclaredObject::View((*name).clone()))?;
            Some(Refusal {
                code: "A0707",
                object: format!("view {name} ({}:{})", origin.file, origin.line),
                message: format!("these views read each other: {}", names.join(", ")),
                hint: "let one of them read the tables instead".to_owned(),
            })
        };
        open.keys().filter_map(refusal).collect()
    }

    pub(super) fn views(&mut self, before: &Schema, after: &Schema, target: &mut Schema) {
        let mut views = BTreeMap::new();
        for (name, view) in &after.views {
            let mut view = self.view(before, view, target);
            if self.declared.privileges {
                let dialect = self.dialect;
                let stays =
                    |held: &_| after.grants.iter().any(|it| is_held(dialect, it, name, held));
                view.access.0.grants.retain(stays);
            }
            views.insert(name.clone(), view);
        }
        for (name, view) in &before.views {
            if views.contains_key(name) {
                continue;
            }
            if !self.declared.scripted {
                self.findings.keep("view", name, A_STATEMENT);
                self.findings.kept.insert(name.clone());
                views.insert(name.clone(), view.clone());
            } else if self.declared.skipped.contains(name) {
                self.findings.kept.insert(name.clone());
                views.insert(name.clone(), view.clone());
            }
        }
        target.views = views;
    }

    fn view(&mut self, before: &Schema, wanted: &View, target: &Schema) -> View {
        let mut view = wanted.clone();
        let name = &wanted.name;
        let current = before.views.get(name);
        let normalized = self.normalized.and_then(|normalized| normalized.schema.views.get(name));
        let known = current.filter(|current| {
            let columns = current.columns.0.is_some() && view.columns.0.is_none();
            current.definition == view.definition && columns
        });
        if let Some(known) = known.or(normalized) {
            view.columns = known.columns.clone();
            view.reads = known.reads.clone();
        }
        let star = current.is_some() && wanted.statement().contains('*');
        let grown = self.dialect.binds_texts()
            && star
            && grows(&Uses::of_view(self.dialect, wanted), before, target);
        if grown && normalized.is_none() {
            self.findings.grown.insert(name.clone());
        }
        view.access = current.map(|it| it.access.clone()).unwrap_or_default();
        let place = DeclaredObject::View(name.clone());
        if self.normalize(current, &mut view, normalized, grown, &place) {
            let reads = current.map(|current| (current.columns.clone(), current.reads.clone()));
            (view.columns, view.reads) = reads.unwrap_or((Metadata(None), Metadata(None)));
        }
        for index in &mut view.indexes {
            let same = |view: &View| view.indexes.iter().find(|it| it.name == index.name).cloned();
            let (current, normalized) = (current.and_then(same), normalized.and_then(same));
            let place = DeclaredObject::Other("index", format!("{name}.{}", index.name));
            self.normalize(current.as_ref(), index, normalized.as_ref(), false, &place);
        }
        let of = |view: Option<&View>| view.map(|it| it.triggers.clone()).unwrap_or_default();
        view.triggers = self.triggers(name, &of(current), &wanted.triggers, &of(normalized));
        view.sort();
        view
    }

    pub(super) fn routines(&mut self, before: &Schema, after: &Schema, target: &mut Schema) {
        let mut routines = Vec::new();
        for wanted in &after.routines {
            let mut routine = wanted.clone();
            let same = |list: &[Routine]| list.iter().find(|it| it.key() == wanted.key()).cloned();
            let current = same(&before.routines);
            routine.access = current.as_ref().map(|it| it.access.clone()).unwrap_or_default();
            let normalized =
                self.normalized.and_then(|normalized| same(&normalized.schema.routines));
            self.normalize(
                current.as_ref(),
                &mut routine,
                normalized.as_ref(),
                false,
                &wanted.place(),
            );
            routines.push(routine);
        }
        for routine in &before.routines {
            if routines.iter().any(|it: &Routine| it.key() == routine.key()) {
                continue;
            }
            if !self.declared.scripted {
                let kind = match routine.kind {
                    RoutineKind::Event => "event",
                    RoutineKind::Function | RoutineKind::Procedure | RoutineKind::Aggregate => {
                        "function"
                    }
                };
                self.findings.keep(kind, &routine.name, A_STATEMENT);
                routines.push(routine.clone());
            }
        }
        routines.sort();
        target.routines = routines;
    }

    /// The desired triggers and row-level security of a table.
    pub(super) fn on_table(&mut self, current: Option<&Table>, wanted: &Table, table: &mut Table) {
        let normalized = self
            .normalized
            .and_then(|normalized| normalized.schema.tables.get(&wanted.name).map(|it| &**it));
        let of = |table: Option<&Table>| table.map(|it| it.triggers.clone()).unwrap_or_default();
        if !wanted.triggers.is_empty() || current.is_some_and(|it| !it.triggers.is_empty()) {
            let name = &wanted.name;
            table.triggers = self.triggers(name, &of(current), &wanted.triggers, &of(normalized));
        }
        let before = current.and_then(|it| it.row_security.as_ref());
        if wanted.row_security.is_some() || before.is_some() {
            let normalized = normalized.and_then(|it| it.row_security.as_ref());
            table.row_security = self.security(&wanted.name, before, wanted, normalized);
        }
    }

    fn triggers(
        &mut self,
        on: &QName,
        before: &[Trigger],
        wanted: &[Trigger],
        normalized: &[Trigger],
    ) -> Vec<Trigger> {
        let named = |list: &[Trigger], name: &str| list.iter().find(|it| it.name == name).cloned();
        let mut triggers = Vec::new();
        for trigger in wanted {
            let mut trigger = trigger.clone();
            let (current, normalized) =
                (named(before, &trigger.name), named(normalized, &trigger.name));
            let place = DeclaredObject::Trigger { on: on.clone(), name: trigger.name.clone() };
            self.normalize(current.as_ref(), &mut trigger, normalized.as_ref(), false, &place);
            triggers.push(trigger);
        }
        if !self.declared.scripted {
            for trigger in before.iter().filter(|it| named(wanted, &it.name).is_none()) {
                let name = format_args!("{on}.{}", trigger.name);
                self.findings.keep("trigger", name, A_STATEMENT);
                triggers.push(trigger.clone());
            }
        }
        triggers.sort();
        triggers
    }

    fn security(
        &mut self,
        table: &QName,
        before: Option<&RowSecurity>,
        wanted: &Table,
        normalized: Option<&RowSecurity>,
    ) -> Option<RowSecurity> {
        if !self.declared.scripted {
            for policy in before.iter().flat_map(|it| &it.policies) {
                let name = format_args!("{table}.{}", policy.name);
                self.findings.keep("policy", name, A_STATEMENT);
            }
            return before.cloned();
        }
        let named = |security: Option<&RowSecurity>, name: &str| {
            security?.policies.iter().find(|it| it.name == name).cloned()
        };
        let mut security = wanted.row_security.clone().unwrap_or_default();
        for policy in &mut security.policies {
            let current: Option<Policy> = named(before, &policy.name);
            let normalized = named(normalized, &policy.name);
            let place = DeclaredObject::Policy { table: table.clone(), name: policy.name.clone() };
            self.normalize(current.as_ref(), policy, normalized.as_ref(), false, &place);
        }
        security.policies.sort();
        security.settled()
    }

    /// Gives a declared object the database's text for it, and compares it with the existing one.
    /// `grown`: the same text would now have another meaning.
    fn normalize<T: Defined>(
        &mut self,
        before: Option<&T>,
        wanted: &mut T,
        normalized: Option<&T>,
        grown: bool,
        place: &DeclaredObject,
    ) -> bool {
        let written = wanted.statement().to_owned();
        let by_models = self.declared.is_models() || !self.declared.places.is_empty();
        // A text that nobody wrote, on either side, takes the existing form.
        let nobody = !by_models && wanted.source().is_none();
        let said = before
            .filter(|_| nobody)
            .map_or_else(|| written.clone(), |it| it.statement().to_owned());
        // A git checkout may have other line ends than the database received.
        let ends = |text: &'_ str| match by_models && text.contains('\r') {
            true => text.replace("\r\n", "\n"),
            false => text.to_owned(),
        };
        let same = |left: &str, right: &str| {
            self.dialect.same_object(Pair::new(&ends(left), &ends(right)), &ends(&said))
        };
        if let Some(current) = before {
            let equal = match normalized {
                Some(normalized) => same(current.definition(), normalized.definition()),
                None => {
                    !grown
                        && (same(current.definition(), wanted.definition())
                            || same(current.statement(), wanted.statement()))
                }
            };
            if equal {
                wanted.define(current.definition().to_owned(), Some(written));
                return true;
            }
        }
        match normalized {
            Some(normalized) => {
                let text = normalized.definition();
                let current = before.map(|it| self.dialect.going_on(it.definition(), text, &said));
                wanted.define(current.unwrap_or_else(|| text.to_owned()), Some(written));
            }
            None => self.leave_open(before.is_some(), place),
        }
        false
    }

    /// Only a server could decide.
    fn leave_open(&mut self, is_there: bool, place: &DeclaredObject) {
        let by_models = self.declared.is_models() || !self.declared.places.is_empty();
        self.findings.unnormalized |= by_models && self.normalized.is_none();
        if !by_models || !self.dialect.rewrites_texts() || !is_there {
            return;
        }
        let failure = self.normalized.and_then(|normalized| normalized.failure.clone());
        let reason = failure.map_or(String::new(), |reason| format!(": {reason}"));
        self.findings.ambiguities.push(Ambiguity {
            code: "D0105",
            object: shown(place),
            message: format!("it cannot be determined here whether its text is unchanged{reason}"),
            hint: "diff against the database itself, as a role that may create schemas in it"
                .to_owned(),
        });
    }
}

/// Whether something that a view selects all columns of has other columns now.
fn grows(uses: &Uses, before: &Schema, target: &Schema) -> bool {
    let read = |table: &&std::sync::Arc<Table>| uses.star() && uses.relation(&table.name);
    target.tables.values().filter(read).any(|table| {
        let names = |table: &Table| -> Vec<String> {
            let mut names: Vec<String> = table.columns.iter().map(|it| it.name.clone()).collect();
            names.sort();
            names
        };
        before.tables.get(&table.name).is_some_and(|current| names(current) != names(table))
    })
}

/// Whether the view has a declared privilege: grantee in SQL, privilege, and whether it has
/// the grant option.
fn is_held(dialect: Dialect, grant: &Grant, view: &QName, held: &(String, String, bool)) -> bool {
    let (grantee, privilege, grantable) = held;
    let role = grant.to.as_deref().unwrap_or("public");
    let same = role == grantee || dialect.quote(role) == *grantee;
    let on = match &grant.on {
        Grantable::Relation(name) => name == view && grant.privilege == *privilege,
        Grantable::Column(name, column) => {
            // The server quotes only where necessary.
            let shown = [column.clone(), dialect.quote(column)];
            let shown = shown.map(|column| format!("{} ({column})", grant.privilege));
            name == view && shown.contains(privilege)
        }
        Grantable::Sequence(_) | Grantable::Schema(_) | Grantable::Routine(..) => false,
    };
    on && same && grant.grantable == *grantable
}

/// An object in messages.
fn shown(place: &DeclaredObject) -> String {
    match place {
        DeclaredObject::View(name) => format!("view {name}"),
        DeclaredObject::Routine(RoutineKind::Event, name, _) => format!("event {name}"),
        DeclaredObject::Routine(
            kind @ (RoutineKind::Function | RoutineKind::Procedure | RoutineKind::Aggregate),
            name,
            arguments,
        ) => format!("{} {name}({arguments})", kind.words().to_lowercase()),
        DeclaredObject::Trigger { on, name } => format!("trigger {name} of {on}"),
        DeclaredObject::Policy { table, name } => format!("policy {name} of {table}"),
        DeclaredObject::Other(kind, name) => format!("{kind} {name}"),
    }
}
