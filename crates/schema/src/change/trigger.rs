//! Triggers of tables and views: created, dropped, commented, disabled and enabled. A trigger
//! that differs otherwise is dropped and created.

use serde::{Deserialize, Serialize};

use super::{Alteration, ApplyError, slugify};
use crate::{Firing, Pair, QName, Schema, Trigger};

/// A change of a trigger. `on` is its table or view.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "named by their fields")]
pub enum TriggerChange {
    Create {
        on: QName,
        trigger: Trigger,
    },
    Drop {
        on: QName,
        trigger: Trigger,
    },
    /// `trigger` has the comment before the change.
    Comment {
        on: QName,
        trigger: Trigger,
        comment: Pair<Option<String>>,
    },
    /// When it fires; `trigger` is the trigger before the change.
    Firing {
        on: QName,
        trigger: Trigger,
        firing: Pair<Firing>,
    },
}

impl TriggerChange {
    /// The table or view that it is on.
    pub fn on(&self) -> &QName {
        self.place().0
    }

    fn place(&self) -> (&QName, &Trigger) {
        match self {
            Self::Create { on, trigger }
            | Self::Drop { on, trigger }
            | Self::Comment { on, trigger, .. }
            | Self::Firing { on, trigger, .. } => (on, trigger),
        }
    }
}

impl Alteration for TriggerChange {
    fn kind(&self) -> &'static str {
        match self {
            Self::Create { .. } => "create_trigger",
            Self::Drop { .. } => "drop_trigger",
            Self::Comment { .. } => "comment_trigger",
            Self::Firing { .. } => "fire_trigger",
        }
    }

    fn object(&self) -> String {
        let (on, trigger) = self.place();
        format!("{on}.{}", trigger.name)
    }

    fn describe(&self) -> String {
        let (on, trigger) = self.place();
        let name = &trigger.name;
        match self {
            Self::Create { .. } => format!("create trigger {name} on {on}"),
            Self::Drop { .. } => format!("drop trigger {name} of {on}"),
            Self::Comment { .. } => format!("comment on trigger {name} of {on}"),
            Self::Firing { firing, .. } => {
                format!("{} {name} of {on}", firing.after.words().to_lowercase())
            }
        }
    }

    fn slug(&self) -> String {
        let name = slugify(&self.place().1.name);
        match self {
            Self::Create { .. } => format!("create_{name}"),
            Self::Drop { .. } => format!("drop_{name}"),
            Self::Comment { .. } => format!("comment_{name}"),
            Self::Firing { firing, .. } => {
                let verb = firing.after.words().split(' ').next().unwrap_or_default();
                format!("{}_{name}", verb.to_lowercase())
            }
        }
    }

    fn loses_data(&self) -> bool {
        false
    }

    fn inverse(&self) -> Self {
        match self.clone() {
            Self::Create { on, trigger } => Self::Drop { on, trigger },
            Self::Drop { on, trigger } => Self::Create { on, trigger },
            Self::Comment { on, trigger, comment } => Self::Comment {
                on,
                trigger: Trigger { comment: comment.after.clone(), ..trigger },
                comment: comment.swap(),
            },
            Self::Firing { on, trigger, firing } => Self::Firing {
                on,
                trigger: Trigger { firing: firing.after, ..trigger },
                firing: firing.swap(),
            },
        }
    }

    fn apply(&self, schema: &mut Schema) -> Result<(), ApplyError> {
        let (on, trigger) = self.place();
        let triggers =
            schema.triggers_mut(on).ok_or_else(|| ApplyError::missing("table or view", on))?;
        let found = triggers.iter().position(|it| it.name == trigger.name);
        let missing = || ApplyError::missing("trigger", self.object());
        match self {
            Self::Create { .. } => {
                if found.is_some() {
                    return Err(ApplyError::present("trigger", self.object()));
                }
                triggers.push(trigger.clone());
                triggers.sort();
            }
            Self::Drop { .. } => {
                triggers.remove(found.ok_or_else(missing)?);
            }
            Self::Comment { comment, .. } => {
                triggers[found.ok_or_else(missing)?].comment.clone_from(&comment.after);
                triggers.sort();
            }
            Self::Firing { firing, .. } => {
                triggers[found.ok_or_else(missing)?].firing = firing.after;
                triggers.sort();
            }
        }
        Ok(())
    }

    /// None: a trigger is not part of an alteration of its table.
    fn table(&self) -> Option<&QName> {
        None
    }
}
