//! `CREATE STATISTICS`, in files and as the catalog prints it.

use autogen_schema::{DeclaredObject, Expr, IndexKey, Statistics};

use super::sequence::number;
use super::{end, unknown};
use crate::Dialect;
use crate::declare::cursor::Cursor;
use crate::declare::{Declaring, Done, Problem, UNKNOWN, name, problem};
use crate::scan::strip_parentheses;

/// All kinds: the default.
const KINDS: [&str; 3] = ["dependencies", "mcv", "ndistinct"];

/// Reads the statement that creates statistics, as `pg_get_statisticsobjdef` prints it.
pub fn statistics(text: &str) -> Option<Statistics> {
    let mut at = Cursor::new(Dialect::Postgres, text);
    if !at.words(&["CREATE", "STATISTICS"]) {
        return None;
    }
    read(&mut at).ok()
}

impl Declaring<'_> {
    pub(super) fn statistics(&mut self, mut at: Cursor<'_>) -> Done {
        self.only_postgres("extended statistics")?;
        let statistics = read(&mut at)?;
        let (name, table) = (statistics.name.clone(), statistics.table.clone());
        let place = DeclaredObject::Other("statistics", name.to_string());
        self.place(place, &format!("statistics {name}"))?;
        self.known_relation(&table, &format!("statistics {name}"))?;
        self.declared.schema.statistics.insert(name, statistics);
        Ok(())
    }

    /// The form of dumps: the target is set by a separate statement.
    pub(super) fn alter_statistics(&mut self, mut at: Cursor<'_>) -> Done {
        let name = name(&mut at, "statistics")?;
        let known = self.declared.schema.statistics.get_mut(&name);
        let item = known.ok_or_else(|| unknown("statistics", &name.to_string()))?;
        if !at.words(&["SET", "STATISTICS"]) {
            return Err(refused(at.rest()));
        }
        let target = number(&mut at)?;
        item.target = i32::try_from(target).ok().filter(|target| *target >= 0);
        end(&at, "ALTER STATISTICS")
    }
}

fn read(at: &mut Cursor<'_>) -> Result<Statistics, Problem> {
    at.words(&["IF", "NOT", "EXISTS"]);
    let own = name(at, "statistics")?;
    let inside = at.parentheses().unwrap_or_default();
    let mut kinds: Vec<String> = inside
        .split(',')
        .map(|kind| kind.trim().to_ascii_lowercase())
        .filter(|kind| !kind.is_empty())
        .collect();
    kinds.sort();
    if kinds == KINDS {
        kinds.clear();
    }
    if !at.word("ON") {
        return Err(refused(at.rest()));
    }
    let mut on = Vec::new();
    loop {
        on.push(part(at)?);
        if !at.symbol(",") {
            break;
        }
    }
    if !at.word("FROM") {
        return Err(refused(at.rest()));
    }
    let table = name(at, "table of the statistics")?;
    end(at, "CREATE STATISTICS")?;
    // The catalog stores columns by their numbers, and expressions after them.
    on.sort();
    Ok(Statistics { name: own, table, kinds, on, target: None, comment: None })
}

fn part(at: &mut Cursor<'_>) -> Result<IndexKey, Problem> {
    let mut ahead = at.clone();
    if let Some(inside) = ahead.parentheses() {
        *at = ahead;
        return Ok(IndexKey::Expression(Expr::new(strip_parentheses(Dialect::Postgres, inside))));
    }
    let column = ahead.name();
    if !ahead.is_symbol("(")
        && let Some(column) = column
    {
        *at = ahead;
        return Ok(IndexKey::Column(column));
    }
    // A function call needs no parentheses around it.
    let text = at.until_symbol_or(&["FROM"]);
    match text.is_empty() {
        true => Err(refused(at.rest())),
        false => Ok(IndexKey::Expression(Expr::new(text))),
    }
}

fn refused(rest: &str) -> Problem {
    problem(
        UNKNOWN,
        format!("`{rest}` in a CREATE STATISTICS is not understood"),
        "write CREATE STATISTICS name [(kinds)] ON a, b FROM table",
    )
}
