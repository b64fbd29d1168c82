//! Domains. Everything except the base type changes in place; another base type needs a new
//! domain, and the columns are converted.

use autogen_schema::{Check, Column, ColumnType, Domain, DomainChange, Pair, QName};

use super::Lowering;
use crate::Dialect::Postgres;
use crate::ddl;
use crate::postgres::convert::{self, Conversion};
use crate::postgres::{locks, render};
use crate::step::{Blocks, Cost, Effect};

/// A domain's new constraint is checked on all columns of its type, while rows can be read.
/// Observed on 15: `SHARE` on each table.
const SCAN: Effect = Effect { lock: "SHARE", blocks: Blocks::Writes, cost: Cost::Scan };

impl Lowering<'_> {
    pub(super) fn domain(&mut self, change: &DomainChange) {
        match change {
            DomainChange::Create(item) => self.create_domain(item),
            DomainChange::Drop(item) => {
                self.step(Effect::NONE, format!("DROP DOMAIN {}", Postgres.quote_name(&item.name)));
            }
            DomainChange::Rename(name) => self.rename_domain(name),
            DomainChange::Alter(item) => {
                let Pair { before, after } = &**item;
                if before.base == after.base && before.collation == after.collation {
                    self.alter_domain(item);
                } else {
                    self.rebuild_domain(item);
                }
            }
        }
    }

    fn create_domain(&mut self, item: &Domain) {
        let inherits = item.base.named().and_then(|name| self.schema.domains.get(name));
        let inherits = inherits.is_some_and(|it| it.default.is_some());
        self.step(Effect::NONE, render::create_domain(item, inherits));
        let name = Postgres.quote_name(&item.name);
        for check in item.checks.iter().filter(|check| check.not_valid) {
            let clause = ddl::check_constraint(Postgres, check);
            self.step(Effect::NONE, format!("ALTER DOMAIN {name} ADD {clause}"));
        }
        if let Some(text) = &item.comment {
            self.step(Effect::NONE, render::comment(&format!("DOMAIN {name}"), Some(text)));
        }
        for check in item.checks.iter().filter(|check| check.comment.is_some()) {
            self.check_comment(&item.name, check);
        }
    }

    fn check_comment(&mut self, domain: &QName, check: &Check) {
        let name = Postgres.quote(check.name.text().unwrap_or_default());
        let object = format!("CONSTRAINT {name} ON DOMAIN {}", Postgres.quote_name(domain));
        self.step(Effect::NONE, render::comment(&object, check.comment.as_deref()));
    }

    fn rename_domain(&mut self, name: &Pair<QName>) {
        let mut current = name.before.clone();
        if name.before.schema != name.after.schema {
            let target = self.schema_word(&name.after);
            let from = Postgres.quote_name(&current);
            self.step(Effect::NONE, format!("ALTER DOMAIN {from} SET SCHEMA {target}"));
            current.schema.clone_from(&name.after.schema);
        }
        if name.before.name != name.after.name {
            let from = Postgres.quote_name(&current);
            let to = Postgres.quote(&name.after.name);
            self.step(Effect::NONE, format!("ALTER DOMAIN {from} RENAME TO {to}"));
        }
    }

    fn alter_domain(&mut self, item: &Pair<Domain>) {
        let Pair { before, after } = item;
        if let Some(array) = self.array_of(&after.name).filter(|_| is_narrower(item)) {
            self.refuse(
                "A0431",
                format!("domain {}", after.name),
                format!("PostgreSQL adds no constraint to it while {array} is an array of it"),
                "make the column an array of the base type in a separate revision first, and \
                 an array of the domain again in a later one",
            );
            return;
        }
        let name = Postgres.quote_name(&after.name);
        let alter = |action: String| format!("ALTER DOMAIN {name} {action}");
        if before.default != after.default {
            self.step(
                Effect::NONE,
                alter(match &after.default {
                    Some(default) => format!("SET DEFAULT {}", ddl::default(Postgres, default)),
                    None => "DROP DEFAULT".to_owned(),
                }),
            );
        }
        if before.nullable != after.nullable {
            let (word, effect) =
                if after.nullable { ("DROP", Effect::NONE) } else { ("SET", SCAN) };
            self.step(effect, alter(format!("{word} NOT NULL")));
        }
        let mut gone: Vec<&Check> = before.checks.iter().collect();
        let mut new = Vec::new();
        for check in &after.checks {
            let same = gone.iter().position(|it| is_alike(it, check) && it.name == check.name);
            let same = same.or_else(|| gone.iter().position(|it| is_alike(it, check)));
            let Some(there) = same.map(|at| gone.remove(at)) else {
                new.push(check);
                continue;
            };
            let (from, to) =
                (there.name.text().unwrap_or_default(), check.name.text().unwrap_or_default());
            if from != to {
                let (from, to) = (Postgres.quote(from), Postgres.quote(to));
                self.step(Effect::NONE, alter(format!("RENAME CONSTRAINT {from} TO {to}")));
            }
            if there.not_valid && !check.not_valid {
                self.step(SCAN, alter(format!("VALIDATE CONSTRAINT {}", Postgres.quote(to))));
            }
            if there.comment != check.comment {
                self.check_comment(&after.name, check);
            }
        }
        for check in gone {
            let check = Postgres.quote(check.name.text().unwrap_or_default());
            self.step(Effect::NONE, alter(format!("DROP CONSTRAINT {check}")));
        }
        for check in new {
            let effect = if check.not_valid { Effect::NONE } else { SCAN };
            let clause = ddl::check_constraint(Postgres, check);
            self.step(effect, alter(format!("ADD {clause}")));
            if check.comment.is_some() {
                self.check_comment(&after.name, check);
            }
        }
        if before.comment != after.comment {
            let text = after.comment.as_deref();
            self.step(Effect::NONE, render::comment(&format!("DOMAIN {name}"), text));
        }
    }

    /// A column that is an array of the domain. PostgreSQL does not look into arrays for
    /// values that violate a constraint.
    ///
    /// Source: `get_rels_with_domain` in `src/backend/commands/typecmds.c`.
    fn array_of(&self, domain: &QName) -> Option<String> {
        let columns = self.columns_of(domain);
        let mut arrays = columns.iter().filter(|(_, column)| column.data_type.element().is_some());
        arrays.next().map(|(table, column)| format!("column {table}.{}", column.name))
    }

    /// Recreates the domain, and converts the columns.
    fn rebuild_domain(&mut self, item: &Pair<Domain>) {
        let Pair { before, after } = item;
        let name = &after.name;
        if let Some(other) = self.built_on(name) {
            self.refuse(
                "A0431",
                format!("domain {name}"),
                format!("its type can't be changed while {other} depends on it"),
                "change that first, in a separate revision",
            );
            return;
        }
        let retired = name.sibling(self.unused_type_name(&format!("{}__before", name.name)));
        self.rename_domain(&Pair::new(name.clone(), retired.clone()));
        self.create_domain(after);
        for (table, column) in self.columns_of(name) {
            self.convert_to_domain(&table, &column, &Pair::new(&before.base, &after.base));
        }
        let retired = Postgres.quote_name(&retired);
        self.step(Effect::NONE, format!("DROP DOMAIN {retired}"));
    }

    /// Another domain over this one.
    pub(super) fn built_on(&self, name: &QName) -> Option<String> {
        let mut others = self.schema.domains.values();
        others
            .find(|domain| domain.base.named() == Some(name))
            .map(|domain| format!("domain {}", domain.name))
    }

    fn convert_to_domain(&mut self, table: &QName, column: &Column, base: &Pair<&ColumnType>) {
        let quoted = Postgres.quote(&column.name);
        let target = Postgres.render_type(&column.data_type);
        let suffix = if column.data_type.element().is_some() { "[]" } else { "" };
        let through = format!("{}{suffix}", Postgres.render_type(base.before));
        let using = match convert::conversion(&quoted, base.before, base.after) {
            Conversion::Free | Conversion::FreeInUtc | Conversion::Assignment => {
                format!("{quoted}::{through}::{target}")
            }
            Conversion::Using(_) if !suffix.is_empty() => format!("{quoted}::{through}::{target}"),
            Conversion::Using(expr) => format!("({expr})::{target}"),
            Conversion::Impossible => {
                self.refuse(
                    "A0402",
                    format!("{table}.{}", column.name),
                    format!(
                        "autogen knows no conversion from {} to {}",
                        Postgres.render_type(base.before),
                        Postgres.render_type(base.after)
                    ),
                    "create a new domain, and give the conversion by #[autogen(using = \"..\")]",
                );
                return;
            }
        };
        let mut actions = Vec::new();
        if column.default.is_some() {
            actions.push(format!("ALTER COLUMN {quoted} DROP DEFAULT"));
        }
        actions.push(format!("ALTER COLUMN {quoted} TYPE {target} USING {using}"));
        if let Some(default) = &column.default {
            let default = ddl::default(Postgres, default);
            actions.push(format!("ALTER COLUMN {quoted} SET DEFAULT {default}"));
        }
        self.alter(table, locks::REWRITE, &actions.join(", "));
        self.targets_again(table, &column.name);
    }
}

/// Whether existing values could violate the changed domain.
fn is_narrower(domain: &Pair<Domain>) -> bool {
    let Pair { before, after } = domain;
    let known = |check: &Check| {
        before.checks.iter().any(|it| is_alike(it, check) && (!it.not_valid || check.not_valid))
    };
    before.nullable && !after.nullable
        || after.checks.iter().any(|check| !check.not_valid && !known(check))
}

/// Whether two checks are equal, except that one may not be validated yet.
fn is_alike(before: &Check, after: &Check) -> bool {
    before.expr == after.expr && (before.not_valid || !after.not_valid)
}
