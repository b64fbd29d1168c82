//! `CREATE SEQUENCE`, and `ALTER SEQUENCE .. OWNED BY`.

use autogen_schema::{DeclaredObject, QName, Sequence, SequenceOptions};

use super::{end, unknown};
use crate::declare::cursor::Cursor;
use crate::declare::{Declaring, Done, Problem, UNKNOWN, name, problem};
use crate::postgres::types;
use crate::scan::Lexeme;

impl Declaring<'_> {
    pub(super) fn sequence(&mut self, mut at: Cursor<'_>) -> Done {
        self.only_where(self.dialect.has_sequences(), "sequences")?;
        at.words(&["IF", "NOT", "EXISTS"]);
        let name = name(&mut at, "sequence")?;
        let mut sequence = Sequence {
            name: name.clone(),
            data_type: None,
            options: SequenceOptions::default(),
            owned_by: None,
            comment: None,
        };
        while option(&mut at, &mut sequence)? {}
        end(&at, "CREATE SEQUENCE")?;
        self.place(
            DeclaredObject::Other("sequence", name.to_string()),
            &format!("sequence {name}"),
        )?;
        self.declared.schema.sequences.insert(name, sequence);
        Ok(())
    }

    /// The form of dumps: the owner follows after its table.
    pub(super) fn alter_sequence(&mut self, mut at: Cursor<'_>) -> Done {
        at.words(&["IF", "EXISTS"]);
        let name = name(&mut at, "sequence")?;
        let sequences = &mut self.declared.schema.sequences;
        let known = sequences.get_mut(&name);
        let sequence = known.ok_or_else(|| unknown("sequence", &name.to_string()))?;
        if !at.words(&["OWNED", "BY"]) {
            return Err(problem(
                UNKNOWN,
                format!("ALTER SEQUENCE {name} says more than its owner"),
                "say it in CREATE SEQUENCE",
            ));
        }
        sequence.owned_by = owner(&mut at)?;
        end(&at, "ALTER SEQUENCE")
    }
}

fn option(at: &mut Cursor<'_>, sequence: &mut Sequence) -> Result<bool, Problem> {
    let options = &mut sequence.options;
    if at.word("AS") {
        let data_type = name(at, "type of the sequence")?;
        sequence.data_type = Some(types::parse(&data_type.name));
    } else if at.word("INCREMENT") {
        at.word("BY");
        options.increment = Some(number(at)?);
    } else if at.words(&["NO", "MINVALUE"]) || at.word("NOMINVALUE") {
        options.min_value = None;
    } else if at.word("MINVALUE") {
        options.min_value = Some(number(at)?);
    } else if at.words(&["NO", "MAXVALUE"]) || at.word("NOMAXVALUE") {
        options.max_value = None;
    } else if at.word("MAXVALUE") {
        options.max_value = Some(number(at)?);
    } else if at.word("START") {
        at.word("WITH");
        options.start = Some(number(at)?);
    } else if at.word("CACHE") {
        options.cache = Some(number(at)?);
    } else if at.words(&["NO", "CYCLE"]) || at.word("NOCYCLE") {
        options.cycle = false;
    } else if at.word("NOCACHE") {
        options.cache = Some(0);
    } else if at.word("CYCLE") {
        options.cycle = true;
    } else if at.words(&["OWNED", "BY"]) {
        sequence.owned_by = owner(at)?;
    } else {
        return Ok(false);
    }
    Ok(true)
}

pub(super) fn number(at: &mut Cursor<'_>) -> Result<i64, Problem> {
    let start = at.rest();
    let minus = at.symbol("-");
    if !minus {
        at.symbol("+");
    }
    let token = at.skip().filter(|token| token.lexeme == Lexeme::Number);
    let sign = if minus { "-" } else { "" };
    let value = token.and_then(|token| format!("{sign}{}", token.text).parse().ok());
    value.ok_or_else(|| {
        problem(
            UNKNOWN,
            format!("a whole number of 64 bits is missing before `{start}`"),
            "write the option as in the manual",
        )
    })
}

/// `table.column` or `NONE`.
fn owner(at: &mut Cursor<'_>) -> Result<Option<(QName, String)>, Problem> {
    if at.word("NONE") {
        return Ok(None);
    }
    let start = at.rest();
    let mut parts = at.dotted();
    match (parts.pop(), parts.pop()) {
        (Some(column), Some(table)) => Ok(Some((QName::new(parts.pop(), table), column))),
        (Some(_) | None, None) | (None, Some(_)) => Err(problem(
            UNKNOWN,
            format!("`OWNED BY {start}` names no column"),
            "write OWNED BY table.column",
        )),
    }
}
