//! The dependencies of an object whose body is SQL text: from the catalog, or as far as its
//! words show.

use std::collections::BTreeSet;

use autogen_dialect::{Dialect, Mentions};
use autogen_schema::{Callee, Defined, Policy, QName, Reads, Routine, RoutineKind, Trigger, View};

/// The dependencies of one object.
#[derive(Debug, Clone)]
pub(crate) struct Uses {
    dialect: Dialect,
    mentions: Mentions,
    /// The server's information, if it was asked.
    exact: Option<Reads>,
    /// The table or view that it is on.
    on: Option<QName>,
    /// Its own name, which is not a dependency.
    own: Option<String>,
    /// The text with its calls.
    text: String,
}

impl Uses {
    pub(crate) fn of_view(dialect: Dialect, view: &View) -> Self {
        let mut mentions = dialect.view_mentions(&view.definition);
        if let Some(exact) = &view.reads.0 {
            let names = exact.relations.iter().chain(&exact.routines).chain(&exact.types);
            mentions.words.extend(names.map(|name| dialect.mentioned_as(&name.name)));
        }
        let mut exact = view.reads.0.clone();
        let mut text = view.definition.clone();
        // Its indexes may call more routines than its query.
        for index in &view.indexes {
            let words = dialect.words(&index.definition, false);
            let routines = words.iter().cloned().map(QName::bare);
            exact.iter_mut().for_each(|it| it.routines.extend(routines.clone()));
            mentions.words.extend(words);
            text.push(' ');
            text.push_str(&index.definition);
        }
        let own = Some(dialect.mentioned_as(&view.name.name));
        Self { dialect, mentions, exact, on: None, own, text }
    }

    pub(crate) fn of_routine(dialect: Dialect, routine: &Routine) -> Self {
        let text = routine.definition();
        let mentions = if routine.kind == RoutineKind::Event || dialect.checks_body(text) {
            Mentions { star: false, ..dialect.mentions(text, true) }
        } else {
            let head = dialect.routine_head(text);
            let head = format!("{head} {} {}", typed_like(text), declared(text));
            dialect.mentions(&head, false)
        };
        let own = Some(dialect.mentioned_as(&routine.name.name));
        let text = text.to_owned();
        Self { dialect, mentions, exact: None, on: None, own, text }
    }

    /// The objects that the database keeps while the routine exists: those that its head names,
    /// and those of a body that is stored parsed.
    pub(crate) fn bonds_of_routine(dialect: Dialect, routine: &Routine) -> Self {
        let text = dialect.routine_bonds(routine.definition());
        let mentions = dialect.mentions(&text, false);
        let own = Some(dialect.mentioned_as(&routine.name.name));
        Self { dialect, mentions, exact: None, on: None, own, text }
    }

    pub(crate) fn of_trigger(dialect: Dialect, on: &QName, trigger: &Trigger) -> Self {
        let text = &trigger.definition;
        // The events of a trigger come before its table.
        let on_table = text.char_indices().find(|(at, _)| is_word_at(text, *at, "on"));
        let mentions = attached(dialect, text, on_table.map_or(0, |(at, _)| at));
        let text = text.clone();
        Self { dialect, mentions, exact: None, on: Some(on.clone()), own: None, text }
    }

    pub(crate) fn of_policy(dialect: Dialect, table: &QName, policy: &Policy) -> Self {
        // The command of a policy comes before its conditions.
        let conditions = policy.definition.find('(').unwrap_or_default();
        let mentions = attached(dialect, &policy.definition, conditions);
        let text = policy.definition.clone();
        Self { dialect, mentions, exact: None, on: Some(table.clone()), own: None, text }
    }

    /// The names to look for, in the dialect's spelling.
    pub(crate) fn words(&self) -> &BTreeSet<String> {
        &self.mentions.words
    }

    /// Whether it selects all columns of something (`*`).
    pub(crate) fn star(&self) -> bool {
        self.mentions.star
    }

    fn names(&self, name: &str) -> bool {
        let name = self.dialect.mentioned_as(name);
        self.own.as_ref() != Some(&name) && self.mentions.words.contains(&name)
    }

    pub(crate) fn relation(&self, name: &QName) -> bool {
        if self.on.as_ref() == Some(name) {
            return true;
        }
        match (&self.exact, &self.mentions.relations) {
            (Some(exact), _) => exact.relations.contains(name),
            (None, Some(relations)) => relations.contains(&self.dialect.mentioned_as(&name.name)),
            (None, None) => self.names(&name.name),
        }
    }

    /// Whether it certainly reads this, and does not merely name it.
    pub(crate) fn surely_reads(&self, name: &QName) -> bool {
        match (&self.exact, &self.mentions.relations) {
            (None, None) => false,
            (Some(_), _) | (None, Some(_)) => self.relation(name),
        }
    }

    pub(crate) fn column(&self, table: &QName, column: &str) -> bool {
        self.exact.is_none() && self.mentions.star && self.relation(table)
            || self.names_column(table, column)
    }

    /// Whether it names the column, which `*` does not.
    pub(crate) fn names_column(&self, table: &QName, column: &str) -> bool {
        if let Some(exact) = &self.exact {
            return exact.columns.contains(&(table.clone(), column.to_owned()));
        }
        self.relation(table) && self.mentions.words.contains(&self.dialect.mentioned_as(column))
    }

    pub(crate) fn routine(&self, name: &str) -> bool {
        match &self.exact {
            Some(exact) => exact.routines.iter().any(|it| it.name == name),
            None => self.names(name),
        }
    }

    /// Whether it may call this routine, and not another of its name.
    pub(crate) fn calls(&self, callee: &Callee) -> bool {
        self.routine(callee.name()) && !callee.is_ruled_out_by(&self.text)
    }

    pub(crate) fn data_type(&self, name: &QName) -> bool {
        match &self.exact {
            Some(exact) => exact.types.contains(name),
            None => self.names(&name.name),
        }
    }
}

/// The names in the text of an object on a table. If the text has no query from `body` on,
/// its words are columns of that table, and no other relations.
fn attached(dialect: Dialect, text: &str, body: usize) -> Mentions {
    let mut mentions = dialect.mentions(text, false);
    let queries = ["select", "from", "insert", "update", "delete", "table", "with"];
    let body = text.get(body..).unwrap_or(text);
    let mut words = body.split(|c: char| !c.is_alphanumeric() && c != '_');
    if !words.any(|word| queries.iter().any(|query| word.eq_ignore_ascii_case(query))) {
        mentions.relations = Some(BTreeSet::new());
    }
    mentions
}

/// Whether this is a separate word at this position.
fn is_word_at(text: &str, at: usize, word: &str) -> bool {
    let (before, rest) = text.split_at(at);
    let part = |c: char| c.is_alphanumeric() || c == '_';
    let Some((head, tail)) = rest.split_at_checked(word.len()) else { return false };
    head.eq_ignore_ascii_case(word)
        && !before.chars().next_back().is_some_and(part)
        && !tail.chars().next().is_some_and(part)
}

/// The declarations of a body, without initial values: their types are looked up when the
/// routine is created.
///
/// Source: PostgreSQL manual, 43.2 "Structure of PL/pgSQL" and 43.3 "Declarations".
fn declared(text: &str) -> String {
    let section = |(at, _): (usize, char)| {
        let rest = &text[at..];
        let is_begin = |(end, _): &(usize, char)| is_word_at(rest, *end, "begin");
        let end = rest.char_indices().find(is_begin).map_or(rest.len(), |(end, _)| end);
        &rest[..end]
    };
    let is_declare = |(at, _): &(usize, char)| is_word_at(text, *at, "declare");
    let sections = text.char_indices().filter(is_declare).map(section);
    let value = |declaration: &str| {
        let is_default = |(at, _): &(usize, char)| is_word_at(declaration, *at, "default");
        declaration
            .find('=')
            .into_iter()
            .chain(declaration.char_indices().find(is_default).map(|(at, _)| at))
            .min()
    };
    let types = sections
        .flat_map(|declaration| declaration.split(';'))
        .map(|declaration| &declaration[..value(declaration).unwrap_or(declaration.len())]);
    types.collect::<Vec<_>>().join(" ")
}

/// The names before `%ROWTYPE` and `%TYPE` in a body: these are looked up when the routine is
/// created, although the rest of the body is not.
fn typed_like(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let part = |c: char| c.is_alphanumeric() || "_.$\"".contains(c);
    let mut names = Vec::new();
    for word in ["%rowtype", "%type"] {
        for (end, _) in lower.match_indices(word) {
            let Some(before) = text.get(..end) else { continue };
            let name = before.rsplit(|c: char| !part(c)).next().unwrap_or_default();
            names.push(name.replace('.', " "));
        }
    }
    names.join(" ")
}
