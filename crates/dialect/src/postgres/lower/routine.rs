//! Functions and procedures.

use autogen_schema::{
    Access, Callee, Defined, Expr, Grantable, Partitioning, Routine, RoutineChange,
};

use super::{Lowering, or_replace};
use crate::Dialect::Postgres;
use crate::postgres::render;
use crate::step::Effect;

impl Lowering<'_> {
    pub(super) fn routine(&mut self, change: &RoutineChange) {
        match change {
            RoutineChange::Create(routine) => {
                self.step(Effect::NONE, routine.statement().to_owned());
                if routine.comment.is_some() {
                    self.routine_comment(routine);
                }
                let name = Postgres.quote_name(&routine.name);
                // GRANT has no keyword for aggregates.
                let on = format!("ROUTINE {name}({})", routine.arguments);
                if self.compares_privileges() {
                    // The privileges then come from the plan.
                    let owner =
                        Access { grants: Vec::new(), closed: false, ..routine.access.0.clone() };
                    let (name, arguments) = (routine.name.clone(), routine.arguments.clone());
                    let itself = Grantable::Routine(name, arguments);
                    self.grant_again(|it| *it == itself);
                    self.give_back(&owner, &called(routine), &on);
                } else {
                    self.give_back(&routine.access.0, &called(routine), &on);
                }
            }
            RoutineChange::Drop(routine) => {
                self.divides(routine);
                self.step(Effect::NONE, format!("DROP {}", called(routine)));
            }
            RoutineChange::Alter(routine) => {
                if routine.before.definition != routine.after.definition {
                    self.step(Effect::NONE, or_replace(routine.after.statement()));
                }
                if routine.before.comment != routine.after.comment {
                    self.routine_comment(&routine.after);
                }
            }
        }
    }

    /// Refuses a routine in a partition key, from which it cannot be removed.
    fn divides(&mut self, routine: &Routine) {
        let callee = routine.callee();
        let tables = self.schema.tables.values();
        let divided =
            tables.filter(|it| it.partitioning.as_ref().is_some_and(|by| calls(by, &callee)));
        let divided: Vec<String> = divided.map(|it| it.name.to_string()).collect();
        for table in divided {
            let message = format!(
                "it is partitioned by {}, which would have to be recreated",
                routine.signature()
            );
            let hint = "leave the function's arguments and result as they are and use another \
                        one elsewhere, or make it an unpartitioned table in one revision, and \
                        partition that in the next";
            self.refuse("A0434", format!("table {table}"), message, hint);
        }
    }

    fn routine_comment(&mut self, routine: &Routine) {
        self.step(Effect::NONE, render::comment(&called(routine), routine.comment.as_deref()));
    }
}

/// Whether a table, or a partition of it, is partitioned by the result of this routine.
fn calls(by: &Partitioning, callee: &Callee) -> bool {
    Expr::new(by.by.clone()).calls(callee)
        || by
            .partitions
            .iter()
            .filter_map(|it| it.partitioning.as_ref())
            .any(|it| calls(it, callee))
}

/// Its signature in `DROP` and `COMMENT ON`. The types are in the server's own spelling,
/// quoted by the server.
fn called(routine: &Routine) -> String {
    let name = Postgres.quote_name(&routine.name);
    format!("{} {name}({})", routine.kind.words(), routine.arguments)
}
