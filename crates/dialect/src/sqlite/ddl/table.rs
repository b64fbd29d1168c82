//! `CREATE TABLE`.

use autogen_schema::{
    CatalogText, Check, Column, ConflictAction, Default, Deferrable, Expr, FkAction, FkMatch,
    ForeignKey, Generated, GeneratedStorage, Identity, KeyPart, Literal, Name, PrimaryKey, QName,
    Table, Unique,
};

use super::ParsedTable;
use super::cursor::{Cursor, DdlError};
use super::index::key_parts;
use crate::scan::{Lexeme, unquote};
use crate::sqlite::{defaults, types};

/// The words that end a column's type.
const AFTER_TYPE: [&str; 11] = [
    "constraint",
    "primary",
    "not",
    "null",
    "unique",
    "check",
    "default",
    "collate",
    "references",
    "as",
    "deferrable",
];

pub(super) fn parse(sql: &str) -> Result<ParsedTable, DdlError> {
    let mut cursor = Cursor::new(sql);
    cursor.expect("create")?;
    let _ = cursor.eat(&["temp"]) || cursor.eat(&["temporary"]);
    cursor.expect("table")?;
    cursor.eat(&["if", "not", "exists"]);
    let mut reader = Reader {
        table: Table::new(QName::bare(cursor.object_name()?)),
        unsaid: Vec::new(),
        cursor,
    };
    reader.body()?;
    reader.options()?;
    reader.resolve();
    Ok(ParsedTable { table: reader.table, unsaid: reader.unsaid })
}

struct Reader<'a> {
    cursor: Cursor<'a>,
    table: Table,
    unsaid: Vec<String>,
}

impl Reader<'_> {
    /// Columns, then constraints; SQLite requires no comma between the latter.
    fn body(&mut self) -> Result<(), DdlError> {
        self.cursor.expect_symbol("(")?;
        loop {
            if self.starts_constraint() {
                while self.starts_constraint() {
                    self.constraint()?;
                    self.cursor.eat_symbol(",");
                }
                break;
            }
            self.column()?;
            if !self.cursor.eat_symbol(",") {
                while self.starts_constraint() {
                    self.constraint()?;
                    self.cursor.eat_symbol(",");
                }
                break;
            }
        }
        self.cursor.expect_symbol(")")
    }

    fn starts_constraint(&self) -> bool {
        self.cursor.is_any_word(&["constraint", "primary", "unique", "check", "foreign"])
    }

    fn options(&mut self) -> Result<(), DdlError> {
        while !self.cursor.is_end() {
            if self.cursor.eat(&["without", "rowid"]) {
                self.table.options.without_rowid = true;
            } else if self.cursor.eat(&["strict"]) {
                self.table.options.strict = true;
            } else if !self.cursor.eat_symbol(",") {
                return Err(self.cursor.error("WITHOUT ROWID, STRICT or the end"));
            }
        }
        Ok(())
    }

    fn column(&mut self) -> Result<(), DdlError> {
        let name = self.cursor.name()?;
        let declared = self.declared_type()?;
        let mut column = Column::new(name, types::parse(&declared)).nullable();
        column.catalog_type = CatalogText(Some(declared.into()));
        let mut constraint_name = Name::Absent;
        while !self.cursor.is_symbol(",") && !self.cursor.is_symbol(")") {
            if self.cursor.eat(&["constraint"]) {
                constraint_name = Name::Exact(self.cursor.name()?);
                continue;
            }
            let given = std::mem::replace(&mut constraint_name, Name::Absent);
            self.column_constraint(&mut column, given)?;
        }
        self.table.columns.push(column);
        Ok(())
    }

    fn declared_type(&mut self) -> Result<String, DdlError> {
        let start = self.cursor.position();
        while let Some(token) = self.cursor.peek().copied() {
            let word = matches!(token.lexeme, Lexeme::Word | Lexeme::Name | Lexeme::Text);
            let ends = self.cursor.is_any_word(&AFTER_TYPE)
                || (token.is_word("generated")
                    && self.cursor.peek_second().is_some_and(|next| next.is_word("always")));
            if !word || ends {
                break;
            }
            self.cursor.skip();
        }
        if self.cursor.position() > start && self.cursor.is_symbol("(") {
            while !self.cursor.is_symbol(")") {
                if self.cursor.peek().is_none() {
                    return Err(self.cursor.error(")"));
                }
                self.cursor.skip();
            }
            self.cursor.skip();
        }
        Ok(self.cursor.text(start, self.cursor.position()))
    }

    fn column_constraint(&mut self, column: &mut Column, name: Name) -> Result<(), DdlError> {
        if self.cursor.eat(&["primary", "key"]) {
            let mut part = KeyPart::new(column.name.clone());
            part.descending = self.cursor.eat(&["desc"]);
            self.cursor.eat(&["asc"]);
            let mut key = PrimaryKey::new(name, &[]);
            key.on_conflict = self.on_conflict()?;
            key.columns.push(part);
            if self.cursor.eat(&["autoincrement"]) {
                column.identity = Some(Identity::AutoIncrement);
            }
            self.table.primary_key = Some(key);
        } else if self.cursor.eat(&["not", "null"]) {
            column.nullable = false;
            if let Some(text) = name.text() {
                self.unsaid.push(format!("the name `{text}` of NOT NULL of `{}`", column.name));
            }
            if self.on_conflict()?.is_some() {
                self.unsaid.push(format!("ON CONFLICT of NOT NULL of `{}`", column.name));
            }
        } else if self.cursor.eat(&["null"]) {
            self.on_conflict()?;
        } else if self.cursor.eat(&["unique"]) {
            let mut unique = Unique::new(name, &[&column.name]);
            unique.on_conflict = self.on_conflict()?;
            self.table.uniques.push(unique);
        } else if self.cursor.eat(&["check"]) {
            let expr = self.cursor.parenthesised()?;
            self.table.checks.push(Check::new(name, expr));
        } else if self.cursor.eat(&["default"]) {
            column.default = Some(self.default()?);
        } else if self.cursor.eat(&["collate"]) {
            column.collation = Some(self.cursor.name()?);
        } else if self.cursor.is_word("references") {
            let key = self.references(name, vec![column.name.clone()])?;
            self.table.foreign_keys.push(key);
        } else if self.cursor.eat(&["generated", "always", "as"]) || self.cursor.eat(&["as"]) {
            let expr = Expr(self.cursor.parenthesised()?);
            let stored = self.cursor.eat(&["stored"]);
            self.cursor.eat(&["virtual"]);
            let storage = if stored { GeneratedStorage::Stored } else { GeneratedStorage::Virtual };
            column.generated = Some(Generated { expr, storage });
        } else if let Some(deferrable) = self.deferrable()? {
            // It follows the REFERENCES clause that it applies to.
            if let Some(key) = self.table.foreign_keys.last_mut() {
                key.deferrable = deferrable;
            }
        } else {
            return Err(self.cursor.error("a column constraint"));
        }
        Ok(())
    }

    fn default(&mut self) -> Result<Default, DdlError> {
        if self.cursor.is_symbol("(") {
            return Ok(defaults::parse(&self.cursor.parenthesised()?));
        }
        let start = self.cursor.position();
        let signed = self.cursor.eat_symbol("-") || self.cursor.eat_symbol("+");
        let Some(token) = self.cursor.peek().copied() else {
            return Err(self.cursor.error("a default"));
        };
        match token.lexeme {
            Lexeme::Number | Lexeme::Text => {}
            Lexeme::Name | Lexeme::Word if signed => {}
            // SQLite reads a name as a text.
            Lexeme::Name => {
                self.cursor.skip();
                return Ok(Default::Literal(Literal::Text(unquote(token.text))));
            }
            Lexeme::Word => {
                let known =
                    ["true", "false", "null", "current_timestamp", "current_date", "current_time"];
                if !known.iter().any(|word| token.is_word(word)) {
                    self.cursor.skip();
                    return Ok(Default::Literal(Literal::Text(token.text.to_owned())));
                }
            }
            Lexeme::Symbol | Lexeme::Space | Lexeme::Comment => {
                return Err(self.cursor.error("a default"));
            }
        }
        self.cursor.skip();
        let text = self.cursor.text(start, self.cursor.position());
        // `- 1` and `-1` are the same number.
        let compact = if signed { text.replace(char::is_whitespace, "") } else { text };
        Ok(defaults::parse(&compact))
    }

    fn constraint(&mut self) -> Result<(), DdlError> {
        let mut name = Name::Absent;
        while self.cursor.eat(&["constraint"]) {
            name = Name::Exact(self.cursor.name()?);
        }
        if self.cursor.eat(&["primary", "key"]) {
            let mut key = PrimaryKey::new(name, &[]);
            let (parts, autoincrement) = key_parts(&mut self.cursor)?;
            key.columns = parts;
            key.on_conflict = self.on_conflict()?;
            if autoincrement && let [only] = key.columns.as_slice() {
                let named = |column: &&mut Column| column.name.eq_ignore_ascii_case(&only.column);
                if let Some(column) = self.table.columns.iter_mut().find(named) {
                    column.identity = Some(Identity::AutoIncrement);
                }
            }
            self.table.primary_key = Some(key);
        } else if self.cursor.eat(&["unique"]) {
            let mut unique = Unique::new(name, &[]);
            unique.columns = key_parts(&mut self.cursor)?.0;
            unique.on_conflict = self.on_conflict()?;
            self.table.uniques.push(unique);
        } else if self.cursor.eat(&["check"]) {
            let expr = self.cursor.parenthesised()?;
            // SQLite's grammar accepts it, without any effect.
            self.on_conflict()?;
            self.table.checks.push(Check::new(name, expr));
        } else if self.cursor.eat(&["foreign", "key"]) {
            let columns = self.cursor.names()?;
            let mut key = self.references(name, columns)?;
            if let Some(deferrable) = self.deferrable()? {
                key.deferrable = deferrable;
            }
            self.table.foreign_keys.push(key);
        } else if !self.cursor.is_symbol(")") && !self.cursor.is_symbol(",") {
            return Err(self.cursor.error("a table constraint"));
        }
        Ok(())
    }

    fn on_conflict(&mut self) -> Result<Option<ConflictAction>, DdlError> {
        if !self.cursor.eat(&["on", "conflict"]) {
            return Ok(None);
        }
        for (word, action) in [
            ("rollback", ConflictAction::Rollback),
            ("abort", ConflictAction::Abort),
            ("fail", ConflictAction::Fail),
            ("ignore", ConflictAction::Ignore),
            ("replace", ConflictAction::Replace),
        ] {
            if self.cursor.eat(&[word]) {
                return Ok(Some(action));
            }
        }
        Err(self.cursor.error("ROLLBACK, ABORT, FAIL, IGNORE or REPLACE"))
    }

    fn references(&mut self, name: Name, columns: Vec<String>) -> Result<ForeignKey, DdlError> {
        self.cursor.expect("references")?;
        let parent = QName::bare(self.cursor.name()?);
        let mut key = ForeignKey::new(name, &[], parent, &[]);
        key.columns = columns;
        if self.cursor.is_symbol("(") {
            key.referenced_columns = self.cursor.names()?;
        }
        loop {
            if self.cursor.eat(&["on", "delete"]) {
                key.on_delete = self.action()?;
            } else if self.cursor.eat(&["on", "update"]) {
                key.on_update = self.action()?;
            } else if self.cursor.eat(&["on", "insert"]) {
                self.action()?;
            } else if self.cursor.eat(&["match"]) {
                key.match_type = match self.cursor.name()?.to_ascii_lowercase().as_str() {
                    "full" => FkMatch::Full,
                    "partial" => FkMatch::Partial,
                    _ => FkMatch::Simple,
                };
            } else {
                return Ok(key);
            }
        }
    }

    fn action(&mut self) -> Result<FkAction, DdlError> {
        for (words, action) in [
            (&["no", "action"][..], FkAction::NoAction),
            (&["restrict"], FkAction::Restrict),
            (&["cascade"], FkAction::Cascade),
            (&["set", "null"], FkAction::SetNull),
            (&["set", "default"], FkAction::SetDefault),
        ] {
            if self.cursor.eat(words) {
                return Ok(action);
            }
        }
        Err(self.cursor.error("an action of a foreign key"))
    }

    /// `[NOT] DEFERRABLE [INITIALLY ..]`, if it follows.
    fn deferrable(&mut self) -> Result<Option<Option<Deferrable>>, DdlError> {
        let not = self.cursor.eat(&["not", "deferrable"]);
        if !not && !self.cursor.eat(&["deferrable"]) {
            return Ok(None);
        }
        let mut when = Deferrable::InitiallyImmediate;
        if self.cursor.eat(&["initially"]) {
            if self.cursor.eat(&["deferred"]) {
                when = Deferrable::InitiallyDeferred;
            } else {
                self.cursor.expect("immediate")?;
            }
        }
        Ok(Some((!not).then_some(when)))
    }

    /// Spells the columns in constraints as they were declared: SQLite ignores the case of names.
    fn resolve(&mut self) {
        let columns: Vec<String> = self.table.columns.iter().map(|c| c.name.clone()).collect();
        let resolve = |name: &mut String| {
            if let Some(column) = columns.iter().find(|column| column.eq_ignore_ascii_case(name)) {
                name.clone_from(column);
            }
        };
        let keys = self.table.primary_key.iter_mut().map(|key| &mut key.columns);
        let uniques = self.table.uniques.iter_mut().map(|unique| &mut unique.columns);
        for part in keys.chain(uniques).flatten() {
            resolve(&mut part.column);
        }
        for key in &mut self.table.foreign_keys {
            key.columns.iter_mut().for_each(resolve);
        }
    }
}
