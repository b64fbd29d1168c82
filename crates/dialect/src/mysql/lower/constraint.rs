//! Constraints. A unique one is an index here.

use autogen_schema::{Check, Constraint, ConstraintChange, FkAction, Name, Pair, QName};

use super::Lowering;
use crate::Dialect::Mysql;
use crate::ddl;
use crate::mysql::Flavor;
use crate::mysql::locks::Way;

impl Lowering<'_> {
    pub(super) fn constraint(&mut self, change: &ConstraintChange) {
        match change {
            ConstraintChange::Add { table, constraint } => self.add_constraint(table, constraint),
            ConstraintChange::Drop { table, constraint } => self.drop_constraint(table, constraint),
            ConstraintChange::Rename { table, constraint, name } => {
                self.rename_constraint(table, constraint, name);
            }
            // Constraints have no comments.
            ConstraintChange::Comment { .. } => {}
        }
    }

    fn add_constraint(&mut self, table: &QName, constraint: &Constraint) {
        self.possible_constraint(table, constraint);
        let way = match constraint {
            Constraint::Check(check) if check.not_enforced => Way::Instant,
            Constraint::PrimaryKey(_) => self.way(table, |ground| ground.rebuild()),
            Constraint::Unique(_)
            | Constraint::ForeignKey(_)
            | Constraint::Check(_)
            | Constraint::Exclusion(_) => Way::Copy,
        };
        let name = constraint.name().text().unwrap_or_default().to_owned();
        let clause = format!("ADD {}", ddl::constraint(Mysql, constraint));
        // One statement for each foreign key: each tells which rows it is about.
        self.alter(table, way, &[&name, "ADD CONSTRAINT"], clause);
    }

    fn drop_constraint(&mut self, table: &QName, constraint: &Constraint) {
        let text = constraint.name().text().unwrap_or_default();
        let name = Mysql.quote(text);
        match constraint {
            Constraint::PrimaryKey(_) => {
                self.alter(table, Way::Copy, &["PRIMARY"], "DROP PRIMARY KEY".to_owned());
            }
            Constraint::ForeignKey(_) => {
                let way = self.way(table, |ground| ground.drop_foreign_key());
                self.alter(table, way, &[text], format!("DROP FOREIGN KEY {name}"));
            }
            Constraint::Check(_) => {
                let clause = match self.flavor {
                    Flavor::Mysql => format!("DROP CHECK {name}"),
                    Flavor::Mariadb => format!("DROP CONSTRAINT {name}"),
                };
                self.alter(table, Way::Instant, &[text], clause);
            }
            // The canonical form has neither.
            Constraint::Unique(_) | Constraint::Exclusion(_) => {}
        }
    }

    /// Neither server renames constraints: they are dropped and added.
    fn rename_constraint(&mut self, table: &QName, constraint: &Constraint, name: &Pair<Name>) {
        self.drop_constraint(table, constraint);
        let after = constraint.clone().with_name(name.after.clone());
        self.add_constraint(table, &after);
    }

    /// Refuses what neither server, or not this one, has.
    pub(super) fn possible_constraint(&mut self, table: &QName, constraint: &Constraint) {
        let object = format!("{table}.{}", constraint.name());
        let dialect = self.flavor.dialect();
        match constraint {
            Constraint::Exclusion(_) => self.refuse(
                "A0442",
                object,
                format!("{dialect} has no exclusion constraints"),
                "take it out of the model, or guard the rows by a trigger",
            ),
            Constraint::ForeignKey(key) if key.deferrable.is_some() => self.refuse(
                "A0442",
                object,
                format!("{dialect} checks foreign keys at once, and can't defer it"),
                "take `deferrable` out of the model",
            ),
            Constraint::ForeignKey(key)
                if [key.on_delete, key.on_update].contains(&FkAction::SetDefault) =>
            {
                self.refuse(
                    "A0442",
                    object,
                    format!("InnoDB, the engine of {dialect}, has no SET DEFAULT for foreign keys"),
                    "choose another action",
                );
            }
            Constraint::Check(Check { .. })
            | Constraint::ForeignKey(_)
            | Constraint::PrimaryKey(_)
            | Constraint::Unique(_) => {}
        }
    }
}
