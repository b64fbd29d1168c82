//! Objects with a text: views, triggers, routines, events.

/// An object with a text.
pub(super) struct Object {
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) body: String,
    /// A view's check option, a trigger's time, an event's time zone.
    pub(super) first: String,
    /// A view's security type, a trigger's event.
    pub(super) second: String,
    /// A view's algorithm, if the server reports it; a trigger's table.
    pub(super) third: String,
    /// A trigger's position among those of the same time, event and table.
    pub(super) place: u32,
    /// The `sql_mode` under which its text is always read.
    pub(super) modes: String,
}

/// The modes under which the same text has another meaning.
///
/// Source: MySQL manual, "Server SQL Modes".
const OTHER_MODES: [&str; 6] = [
    "ANSI_QUOTES",
    "HIGH_NOT_PRECEDENCE",
    "IGNORE_SPACE",
    "NO_BACKSLASH_ESCAPES",
    "ORACLE",
    "PIPES_AS_CONCAT",
];

impl Object {
    /// The mode under which its text differs from our sessions.
    pub(super) fn other_mode(&self) -> Option<&str> {
        self.modes.split(',').find(|mode| OTHER_MODES.contains(mode))
    }

    /// Whether its text has the same meaning in our sessions.
    pub(super) fn is_readable(&self) -> bool {
        self.kind != "event" || self.first.is_empty()
    }
}

/// A text without the semicolon that ended it in a script.
pub(super) fn unended(text: &str) -> &str {
    text.trim_end().trim_end_matches(';').trim_end()
}
