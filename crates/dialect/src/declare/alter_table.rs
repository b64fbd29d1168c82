//! `ALTER TABLE` for what files declare: row-level security, and when triggers fire.

use autogen_schema::{Firing, QName};

use super::cursor::Cursor;
use super::{Declaring, Done, ON_NOTHING, UNKNOWN, name, problem};

/// One action of the statement.
enum Action {
    Enabled(bool),
    Forced(bool),
    Fires(Firing),
}

impl Declaring<'_> {
    pub(super) fn alter_table(&mut self, mut at: Cursor<'_>) -> Done {
        self.only_postgres("row-level security, and no triggers that are disabled")?;
        at.words(&["IF", "EXISTS"]);
        at.word("ONLY");
        let table = name(&mut at, "table")?;
        loop {
            match action(&mut at) {
                Some(Action::Enabled(enabled)) => {
                    self.security(&table, "row-level security")?.enabled = enabled;
                }
                Some(Action::Forced(forced)) => {
                    self.security(&table, "row-level security")?.forced = forced;
                }
                Some(Action::Fires(firing)) => self.fires(&table, &mut at, firing)?,
                None => {
                    return Err(problem(
                        UNKNOWN,
                        format!(
                            "ALTER TABLE {table} says more than row-level security and triggers"
                        ),
                        "tables are declared by models: declare it there",
                    ));
                }
            }
            if !at.symbol(",") {
                break;
            }
        }
        if at.is_at_end() {
            return Ok(());
        }
        Err(problem(UNKNOWN, format!("`{}` is not expected here", at.rest()), "take it out"))
    }

    fn fires(&mut self, table: &QName, at: &mut Cursor<'_>, firing: Firing) -> Done {
        let wanted = name(at, "trigger")?.name;
        let triggers = self.declared.schema.triggers_mut(table).into_iter().flatten();
        let found = triggers.into_iter().find(|it| it.name == wanted);
        let trigger = found.ok_or_else(|| {
            problem(
                ON_NOTHING,
                format!("no file declares the trigger {wanted} of {table}"),
                "correct the name, or declare the trigger; ALL and USER name none",
            )
        })?;
        trigger.firing = firing;
        Ok(())
    }
}

fn action(at: &mut Cursor<'_>) -> Option<Action> {
    const SECURITY: [&str; 3] = ["ROW", "LEVEL", "SECURITY"];
    for firing in [Firing::Origin, Firing::Disabled, Firing::Replica, Firing::Always] {
        let words: Vec<&str> = firing.words().split(' ').collect();
        if at.words(&words) {
            return Some(Action::Fires(firing));
        }
    }
    let action = if at.word("ENABLE") {
        Action::Enabled(true)
    } else if at.word("DISABLE") {
        Action::Enabled(false)
    } else if at.word("FORCE") {
        Action::Forced(true)
    } else if at.words(&["NO", "FORCE"]) {
        Action::Forced(false)
    } else {
        return None;
    };
    at.words(&SECURITY).then_some(action)
}
