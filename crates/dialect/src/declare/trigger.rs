//! `CREATE TRIGGER`.

use autogen_schema::{DeclaredObject, Trigger};

use super::cursor::{Cursor, Head};
use super::{Declaring, Done, UNKNOWN, name, problem};

impl Declaring<'_> {
    pub(super) fn trigger(&mut self, head: &Head<'_>, mut at: Cursor<'_>) -> Done {
        let constraint = at.word("CONSTRAINT");
        if constraint {
            self.only_postgres("constraint triggers")?;
        }
        at.word("TRIGGER");
        at.words(&["IF", "NOT", "EXISTS"]);
        let rest = at.rest();
        let trigger = name(&mut at, "trigger")?.name;
        // Nothing before the table has the name ON, not even a column in UPDATE OF.
        while !at.is_at_end() && !at.word("ON") {
            at.skip();
        }
        let on = at.qname().ok_or_else(|| {
            problem(UNKNOWN, format!("trigger {trigger} is on no table"), "name the table after ON")
        })?;
        let on = self.known_relation(&on, &format!("trigger {trigger}"))?;
        let place = DeclaredObject::Trigger { on: on.clone(), name: trigger.clone() };
        self.place(place, &format!("trigger {trigger} of {on}"))?;
        let constraint = if constraint { "CONSTRAINT " } else { "" };
        let definition = format!("CREATE {}{constraint}TRIGGER {rest}", head.clauses);
        if let Some(triggers) = self.declared.schema.triggers_mut(&on) {
            triggers.push(Trigger::new(trigger, definition));
        }
        Ok(())
    }
}
