//! Auto-increment columns: an identity, a serial's sequence, or an explicit one. When the
//! kind changes, the numbers continue.

use autogen_schema::{Access, Column, Default, Identity, Pair, QName, SequenceOptions};

use super::Lowering;
use super::actions::Actions;
use crate::Dialect::Postgres;
use crate::postgres::{locks, render, sequence};
use crate::step::{Cost, Effect};

impl Lowering<'_> {
    /// The name of a serial column's sequence contains those of its table and its column, and the
    /// server does not change it when these change.
    pub(super) fn rename_counter(&mut self, column: &Column, place: Pair<(&QName, &str)>) {
        if !matches!(column.identity, Some(Identity::Serial(None))) {
            return;
        }
        let name = place.map(|(table, column)| sequence::chosen_name(table, column));
        let schema = &self.schema;
        let taken = schema.tables.contains_key(&name.after)
            || schema.views.contains_key(&name.after)
            || schema.sequences.contains_key(&name.after);
        if name.before != name.after && !taken {
            self.rename_sequence(&name);
        }
    }

    /// Drops what would conflict with the new type or identity.
    pub(super) fn leave_identity(
        &mut self,
        table: &QName,
        column: &Pair<Column>,
        actions: &mut Actions,
    ) {
        let Pair { before, after } = column;
        if before.identity == after.identity {
            if matches!(before.identity, Some(Identity::Serial(_)))
                && before.data_type != after.data_type
            {
                // The sequence of a serial column does not follow its type.
                let sequence = sequence_of(table, before);
                let target = Postgres.render_type(&after.data_type);
                let name = Postgres.quote_name(&sequence);
                self.step(locks::BRIEF, format!("ALTER SEQUENCE {name} AS {target}"));
            }
            return;
        }
        match (&before.identity, &after.identity) {
            (Some(Identity::Serial(_)), Some(Identity::Serial(_))) => {}
            (Some(Identity::Serial(_)), Some(Identity::Always(_) | Identity::ByDefault(_))) => {
                actions.add(locks::BRIEF, "DROP DEFAULT");
                self.flush(table, actions);
                // The column owns one sequence at a time.
                let (sequence, aside) = (sequence_of(table, before), self.aside(table, before));
                let name = Postgres.quote_name(&sequence);
                self.step(locks::BRIEF, format!("ALTER SEQUENCE {name} OWNED BY NONE"));
                self.rename_sequence(&Pair::new(sequence, aside));
            }
            (Some(Identity::Serial(_)), _) => {
                actions.add(locks::BRIEF, "DROP DEFAULT");
                self.flush(table, actions);
                let name = Postgres.quote_name(&sequence_of(table, before));
                self.step(locks::BRIEF, format!("DROP SEQUENCE {name}"));
            }
            (Some(Identity::Always(_) | Identity::ByDefault(_)), Some(Identity::Serial(_))) => {
                let aside = self.aside(table, after);
                let name = Postgres.quote_name(&aside);
                let target = Postgres.render_type(&after.data_type);
                self.step(Effect::NONE, format!("CREATE SEQUENCE {name} AS {target}"));
                let from = sequence::owned(table, before);
                let plain = SequenceOptions::default();
                self.go_on(table, before, &literal(&aside), Some(&from), &plain);
                actions.add(locks::BRIEF, "DROP IDENTITY");
                self.flush(table, actions);
            }
            (
                Some(Identity::Always(_) | Identity::ByDefault(_)),
                Some(Identity::Auto | Identity::AutoIncrement) | None,
            ) => {
                if let Some(sequence) = counter(after) {
                    let options = self.schema.sequences.get(&sequence).map(|it| it.options.clone());
                    let options = options.unwrap_or_default();
                    let from = sequence::owned(table, before);
                    self.go_on(table, before, &literal(&sequence), Some(&from), &options);
                }
                actions.add(locks::BRIEF, "DROP IDENTITY");
                self.flush(table, actions);
            }
            (Some(Identity::Always(_) | Identity::ByDefault(_)), Some(_))
            | (Some(Identity::Auto | Identity::AutoIncrement) | None, _) => {
                if after.identity.is_some() && before.default.is_some() {
                    actions.add(locks::BRIEF, "DROP DEFAULT");
                    actions.default_dropped = true;
                    self.flush(table, actions);
                }
            }
        }
    }

    pub(super) fn enter_identity(&mut self, table: &QName, column: &Pair<Column>) {
        let Pair { before, after } = column;
        if before.identity == after.identity {
            return;
        }
        match (&before.identity, &after.identity) {
            (_, None | Some(Identity::Auto | Identity::AutoIncrement)) => {}
            (Some(Identity::Serial(_)), Some(Identity::Serial(_))) => {
                let names = Pair::new(sequence_of(table, before), sequence_of(table, after));
                self.rename_sequence(&names);
            }
            (there, Some(Identity::Serial(_))) => {
                let sequence = sequence_of(table, after);
                let from_identity =
                    matches!(there, Some(Identity::Always(_) | Identity::ByDefault(_)));
                if from_identity {
                    let aside = self.aside(table, after);
                    self.rename_sequence(&Pair::new(aside, sequence.clone()));
                } else {
                    let quoted = Postgres.quote_name(&sequence);
                    let target = Postgres.render_type(&after.data_type);
                    self.step(Effect::NONE, format!("CREATE SEQUENCE {quoted} AS {target}"));
                }
                let name = Postgres.quote(&after.name);
                let default = render::next_value(&sequence);
                let clause = format!("ALTER COLUMN {name} SET DEFAULT {default}");
                self.alter(table, locks::BRIEF, &clause);
                self.give_counter(after, &sequence, true);
                self.own_sequence(table, after, &sequence);
                if !from_identity {
                    let plain = SequenceOptions::default();
                    self.go_on(table, after, &sequence::owned(table, after), None, &plain);
                }
            }
            (
                Some(Identity::Always(old) | Identity::ByDefault(old)),
                Some(new @ (Identity::Always(options) | Identity::ByDefault(options))),
            ) => self.alter_identity(table, column, &Pair::new(old, options), new),
            (there, Some(new @ (Identity::Always(options) | Identity::ByDefault(options)))) => {
                let words = render::sequence_options(options).join(" ");
                let said = if words.is_empty() { String::new() } else { format!(" ({words})") };
                let kind = identity_kind(new);
                let name = Postgres.quote(&after.name);
                let clause = format!("ALTER COLUMN {name} ADD GENERATED {kind} AS IDENTITY{said}");
                self.alter(table, locks::BRIEF, &clause);
                let serial = matches!(there, Some(Identity::Serial(_)));
                let aside = if serial { Some(self.aside(table, before)) } else { counter(before) };
                let from = aside.as_ref().map(literal);
                self.go_on(table, after, &sequence::owned(table, after), from.as_deref(), options);
                // It belongs to the table's owner from the start.
                self.give_counter(after, &sequence_of(table, after), false);
                if let Some(aside) = aside.filter(|_| serial) {
                    let aside = Postgres.quote_name(&aside);
                    self.step(locks::BRIEF, format!("DROP SEQUENCE {aside}"));
                }
            }
        }
    }

    /// Gives the sequence of a column the owner and privileges of its predecessor.
    pub(super) fn give_counter(&mut self, column: &Column, sequence: &QName, owner: bool) {
        let Some(access) = &column.counter.0 else { return };
        let mut access = Access { closed: false, ..(**access).clone() };
        if self.compares_privileges() {
            access.grants.clear();
        }
        access.owner = access.owner.filter(|_| owner);
        let on = format!("SEQUENCE {}", Postgres.quote_name(sequence));
        self.give_back(&access, &on, &on);
    }

    fn alter_identity(
        &mut self,
        table: &QName,
        column: &Pair<Column>,
        options: &Pair<&SequenceOptions>,
        identity: &Identity,
    ) {
        let same_kind =
            column.before.identity.as_ref().map(identity_kind) == Some(identity_kind(identity));
        let mut words = Vec::new();
        if !same_kind {
            words.push(format!("SET GENERATED {}", identity_kind(identity)));
        }
        // The type of the sequence follows the column's.
        let types = column.as_ref().map(|it| Some(&it.data_type));
        let changed = sequence::changed(*options, types);
        words.extend(changed.iter().map(|word| format!("SET {word}")));
        if words.is_empty() {
            return;
        }
        let own = sequence::owned(table, &column.after);
        if let Some(sql) = sequence::lifted(&own, *options, types) {
            self.step(Effect::NONE, sql);
        }
        let name = Postgres.quote(&column.after.name);
        self.alter(table, locks::BRIEF, &format!("ALTER COLUMN {name} {}", words.join(" ")));
    }

    /// A sequence continues after the largest existing number, and after the position of another
    /// sequence.
    fn go_on(
        &mut self,
        table: &QName,
        column: &Column,
        sequence: &str,
        other: Option<&str>,
        options: &SequenceOptions,
    ) {
        let sql = sequence::go_on(table, column, sequence, other, options);
        let effect = self.on(table, Effect { cost: Cost::Scan, ..Effect::NONE });
        self.step(effect, sql);
    }

    /// A column continues after the rows that were added to its table.
    pub(super) fn catch_up(&mut self, table: &QName, column: &Column) {
        let own = match column.identity {
            Some(_) => Some(sequence::owned(table, column)),
            None => counter(column).as_ref().map(literal),
        };
        if let Some(own) = own {
            let options = sequence::options(column);
            self.go_on(table, column, &own, Some(&own), &options);
        }
    }

    /// The column of a recreated table continues its numbers.
    pub(super) fn continue_count(&mut self, table: &QName, column: &Column, retired: &QName) {
        let options = sequence::options(column);
        let from = sequence::owned(retired, column);
        self.go_on(table, column, &sequence::owned(table, column), Some(&from), &options);
    }

    /// A temporary name for a sequence.
    fn aside(&self, table: &QName, column: &Column) -> QName {
        let name = sequence_of(table, column);
        let mut taken = self.schema.sequences.keys().chain(self.schema.tables.keys());
        let mut taken = taken.by_ref().map(|name| name.name.clone()).collect();
        let max = crate::postgres::MAX_NAME;
        name.sibling(crate::names::unused(&format!("{}__before", name.name), max, &mut taken))
    }
}

fn identity_kind(identity: &Identity) -> &'static str {
    match identity {
        Identity::Always(_) => "ALWAYS",
        Identity::Auto | Identity::ByDefault(_) | Identity::Serial(_) | Identity::AutoIncrement => {
            "BY DEFAULT"
        }
    }
}

/// The sequence of a serial column: an explicit one, or the one that PostgreSQL generates.
pub(super) fn sequence_of(table: &QName, column: &Column) -> QName {
    match &column.identity {
        Some(Identity::Serial(Some(name))) => name.clone(),
        Some(
            Identity::Serial(None)
            | Identity::Auto
            | Identity::Always(_)
            | Identity::ByDefault(_)
            | Identity::AutoIncrement,
        )
        | None => sequence::chosen_name(table, &column.name),
    }
}

/// The sequence of a column's default.
fn counter(column: &Column) -> Option<QName> {
    match &column.default {
        Some(Default::Expression(expr)) => expr.sequences().pop(),
        Some(Default::Literal(_)) | None => None,
    }
}

/// A sequence's name as a `regclass` literal.
fn literal(sequence: &QName) -> String {
    Postgres.quote_text(&Postgres.quote_name(sequence))
}
