//! Functions, procedures and events: created, dropped, with another body or comment.

use serde::{Deserialize, Serialize};

use super::{Alteration, ApplyError, slugify};
use crate::{Defined, Expr, Pair, QName, Routine, RoutineKind, Schema};

/// A change of a routine.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "named by their fields")]
pub enum RoutineChange {
    Create(Box<Routine>),
    Drop(Box<Routine>),
    /// In place: arguments and result are unchanged.
    Alter(Box<Pair<Routine>>),
}

impl RoutineChange {
    fn routine(&self) -> &Routine {
        match self {
            Self::Create(routine) | Self::Drop(routine) => routine,
            Self::Alter(routine) => &routine.after,
        }
    }
}

impl Alteration for RoutineChange {
    fn kind(&self) -> &'static str {
        match self {
            Self::Create(_) => "create_routine",
            Self::Drop(_) => "drop_routine",
            Self::Alter(_) => "alter_routine",
        }
    }

    fn object(&self) -> String {
        self.routine().signature()
    }

    fn describe(&self) -> String {
        let words = match self.routine().kind {
            RoutineKind::Function => "function",
            RoutineKind::Procedure => "procedure",
            RoutineKind::Aggregate => "aggregate",
            RoutineKind::Event => "event",
        };
        let object = self.object();
        match self {
            Self::Create(_) => format!("create {words} {object}"),
            Self::Drop(_) => format!("drop {words} {object}"),
            Self::Alter(it) if it.before.definition == it.after.definition => {
                format!("comment on {words} {object}")
            }
            Self::Alter(_) => format!("replace {words} {object}"),
        }
    }

    fn slug(&self) -> String {
        let name = slugify(&self.routine().name.name);
        match self {
            Self::Create(_) => format!("create_{name}"),
            Self::Drop(_) => format!("drop_{name}"),
            Self::Alter(_) => format!("alter_{name}"),
        }
    }

    fn loses_data(&self) -> bool {
        false
    }

    fn inverse(&self) -> Self {
        match self.clone() {
            Self::Create(routine) => Self::Drop(routine),
            Self::Drop(routine) => Self::Create(routine),
            Self::Alter(routine) => Self::Alter(Box::new(routine.swap())),
        }
    }

    fn apply(&self, schema: &mut Schema) -> Result<(), ApplyError> {
        let key = self.routine().key();
        let found = schema.routines.iter().position(|it| it.key() == key);
        let missing = || ApplyError::missing("routine", self.object());
        match self {
            Self::Create(routine) => {
                if found.is_some() {
                    return Err(ApplyError::present("routine", self.object()));
                }
                schema.routines.push((**routine).clone());
                schema.routines.sort();
            }
            Self::Drop(_) => {
                schema.routines.remove(found.ok_or_else(missing)?);
            }
            Self::Alter(routine) => {
                schema.routines[found.ok_or_else(missing)?] = routine.after.clone();
                schema.routines.sort();
            }
        }
        Ok(())
    }

    fn table(&self) -> Option<&QName> {
        None
    }
}

/// Servers store the identity of a routine's argument and result types, so these follow a
/// rename. Type names in its body do not.
pub(super) fn follow_type(schema: &mut Schema, name: &Pair<QName>) {
    if name.before.schema.is_some() || name.after.schema.is_some() {
        return;
    }
    let (before, after) = (&name.before.name, &name.after.name);
    let renamed = |text: &str| Expr::new(text).rename_column(before, after).0;
    let head = |text: &str| {
        let (head, body) = text.split_at(text.find(['$', '\'']).unwrap_or(text.len()));
        format!("{}{body}", renamed(head))
    };
    for routine in &mut schema.routines {
        let arguments = renamed(&routine.arguments);
        routine.arguments = arguments;
        let (definition, source) = (head(routine.definition()), routine.source().map(head));
        routine.define(definition, source);
    }
    schema.routines.sort();
}
