//! What has a text: views, triggers, routines, events.

/// Something that has a text.
pub(super) struct Object {
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) body: String,
    /// A view's check option, a trigger's moment, an event's time zone.
    pub(super) first: String,
    /// In whose name a view reads, a trigger's event.
    pub(super) second: String,
    /// A view's algorithm, where the server tells it; a trigger's table.
    pub(super) third: String,
    /// A trigger's place among those of its moment, event and table.
    pub(super) place: u32,
    /// The `sql_mode` that its text is read under, always.
    pub(super) modes: String,
}

/// The modes under which the same text means something else.
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
    /// The mode under which its text is another one than in our sessions.
    pub(super) fn other_mode(&self) -> Option<&str> {
        self.modes.split(',').find(|mode| OTHER_MODES.contains(mode))
    }

    /// Whether its text means here what it says.
    pub(super) fn is_readable(&self) -> bool {
        self.kind != "event" || self.first.is_empty()
    }
}

/// A text without the semicolon that ended it in a script.
pub(super) fn unended(text: &str) -> &str {
    text.trim_end().trim_end_matches(';').trim_end()
}
