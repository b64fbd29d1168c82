//! A value that the checks of a column let stand: a literal where that can be told
//! here, and otherwise a CASE by which the server finds one.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use autogen_schema::{Column, ColumnType, Expr, Schema, Table};
use sqlparser::ast::{Expr as Ast, Value as Constant, visit_expressions};

use super::meets;
use crate::{Dialect, mysql, postgres, sqlite};

/// How many values a CASE tries at most.
const ARMS: usize = 6;

/// How many columns are looked at together at most.
const LINKED: usize = 3;

/// What the rows of a table hold while its columns come back one by one.
#[derive(Debug, Default)]
pub(super) struct Coming {
    /// The text that stands for a column.
    pub(super) known: BTreeMap<String, String>,
    /// Columns that are not there yet, or whose values nobody knows.
    pub(super) open: BTreeSet<String>,
}

/// A check, and the name that it has for the value.
struct Guard {
    check: Expr,
    name: String,
}

/// What minds the values of a column.
struct Guards {
    /// With what is known of the other columns.
    ready: Vec<Guard>,
    /// Those that speak of columns which are still to come.
    waiting: Vec<Guard>,
}

impl Dialect {
    /// A value for a required column whose values are gone, whatever the checks
    /// say.
    pub fn neutral(self, schema: &Schema, data_type: &ColumnType) -> Option<String> {
        match self {
            Self::Sqlite => Some(sqlite::convert::neutral(data_type).to_owned()),
            Self::Postgres => postgres::convert::neutral_in(schema, data_type),
            Self::Mysql => mysql::convert::neutral(mysql::Flavor::Mysql, data_type),
            Self::Mariadb => mysql::convert::neutral(mysql::Flavor::Mariadb, data_type),
        }
    }

    /// What is to stand in the column instead of the neutral value, which its
    /// checks do not let stand, or may not.
    pub(super) fn checked(
        self,
        schema: &Schema,
        table: &Table,
        column: &Column,
        coming: &Coming,
    ) -> Option<String> {
        let guards = guards(schema, table, column, coming);
        let verdicts = self.verdicts(schema, column, &guards)?;
        let (neutral, verdict) = verdicts.first()?;
        if *verdict == Some(true) {
            return None;
        }
        if let Some((value, _)) = verdicts.iter().find(|(_, verdict)| *verdict == Some(true)) {
            return Some(value.clone());
        }
        let kind = Kind::of_type(schema, &column.data_type);
        let typed = |value: &String| match (self, &kind) {
            (Self::Postgres, Kind::Number { .. } | Kind::Boolean) => value.clone(),
            (Self::Postgres, _) => {
                format!("CAST({value} AS {})", self.render_type(&column.data_type))
            }
            (Self::Sqlite | Self::Mysql | Self::Mariadb, _) => value.clone(),
        };
        let mut tried = self.beside(&kind, table, column, &guards, coming);
        let possible = verdicts.iter().skip(1).filter(|(_, verdict)| verdict.is_none());
        tried.extend(possible.map(|(value, _)| typed(value)));
        let arms: Vec<String> = tried
            .iter()
            .take(ARMS)
            .map(|value| {
                let holds: Vec<String> =
                    guards.ready.iter().map(|it| format!("({})", it.of(value))).collect();
                format!("WHEN {} THEN {value}", holds.join(" AND "))
            })
            .collect();
        let last = typed(neutral);
        (!arms.is_empty()).then(|| format!("CASE {} ELSE {last} END", arms.join(" ")))
    }

    /// Literals for columns that come back together and are held against each
    /// other by checks.
    pub(super) fn together(
        self,
        schema: &Schema,
        table: &Table,
        asked: &[&Column],
    ) -> BTreeMap<String, String> {
        let checks = || table.checks.iter().map(|it| &it.expr);
        let linked: Vec<&Column> = asked
            .iter()
            .copied()
            .filter(|column| {
                let own = checks().filter(|it| it.mentions(&column.name));
                own.into_iter().any(|check| {
                    asked.iter().any(|it| it.name != column.name && check.mentions(&it.name))
                })
            })
            .collect();
        if !(2..=LINKED).contains(&linked.len()) {
            return BTreeMap::new();
        }
        let backwards: Vec<&Column> = linked.iter().rev().copied().collect();
        for order in [linked, backwards] {
            let open = order.iter().map(|it| it.name.clone()).collect();
            let mut coming = Coming { known: BTreeMap::new(), open };
            if self.assign(schema, table, &order, &mut coming) {
                return coming.known;
            }
        }
        BTreeMap::new()
    }

    fn assign(
        self,
        schema: &Schema,
        table: &Table,
        columns: &[&Column],
        coming: &mut Coming,
    ) -> bool {
        let Some((column, rest)) = columns.split_first() else { return true };
        let guards = guards(schema, table, column, coming);
        let verdicts = self.verdicts(schema, column, &guards).unwrap_or_default();
        coming.open.remove(&column.name);
        for (value, _) in verdicts.into_iter().filter(|(_, verdict)| *verdict == Some(true)) {
            coming.known.insert(column.name.clone(), value);
            if self.assign(schema, table, rest, coming) {
                return true;
            }
            coming.known.remove(&column.name);
        }
        coming.open.insert(column.name.clone());
        false
    }

    /// Values to try, the neutral one first, and whether the checks let them
    /// stand. `None` where the checks are nothing that a value can be put into.
    fn verdicts(
        self,
        schema: &Schema,
        column: &Column,
        guards: &Guards,
    ) -> Option<Vec<(String, Option<bool>)>> {
        let parse = |it: &Guard| self.parsed(&it.check);
        let parsed: Vec<Ast> = guards.ready.iter().map(parse).collect::<Option<_>>()?;
        if guards.is_empty() || parsed.iter().any(reaches_out) {
            return None;
        }
        let neutral = self.neutral(schema, &column.data_type)?;
        let bare = neutral.trim_start_matches('(').trim_end_matches(')').to_owned();
        let mut said: Vec<Ast> = guards.waiting.iter().filter_map(parse).collect();
        said.extend(parsed);
        let kind = Kind::of_type(schema, &column.data_type);
        let constants = std::iter::once(bare).chain(kind.constants(self, &said));
        Some(constants.map(|it| (it.clone(), self.pass(&guards.ready, &it))).collect())
    }

    /// Whether all checks hold for the value.
    fn pass(self, guards: &[Guard], value: &str) -> Option<bool> {
        let verdicts: Vec<Option<bool>> =
            guards.iter().map(|it| meets::holds(self, &it.of(value))).collect();
        if verdicts.contains(&Some(false)) {
            return Some(false);
        }
        verdicts.iter().all(|it| *it == Some(true)).then_some(true)
    }

    /// Values made of other columns that the checks speak of.
    fn beside(
        self,
        kind: &Kind,
        table: &Table,
        column: &Column,
        guards: &Guards,
        coming: &Coming,
    ) -> Vec<String> {
        let there = |it: &&Column| {
            it.name != column.name
                && !coming.known.contains_key(&it.name)
                && !coming.open.contains(&it.name)
                && guards.ready.iter().any(|guard| guard.check.mentions(&it.name))
        };
        let alike = table.columns.iter().filter(there).filter(|it| kind.is_like(it));
        alike
            .flat_map(|other| {
                let name = self.quote(&other.name);
                let moved = |by: &str| match (kind, self) {
                    (Kind::Number { .. }, _) => Some(format!("{name} {by} 1")),
                    (Kind::Day, Self::Postgres) => Some(format!("{name} {by} 1")),
                    (Kind::Moment, Self::Postgres) => Some(format!("{name} {by} INTERVAL '1 day'")),
                    (Kind::Day | Kind::Moment, Self::Mysql | Self::Mariadb) => {
                        Some(format!("{name} {by} INTERVAL 1 DAY"))
                    }
                    (Kind::Day, Self::Sqlite) => Some(format!("date({name}, '{by}1 day')")),
                    (Kind::Moment, Self::Sqlite) => Some(format!("datetime({name}, '{by}1 day')")),
                    _other => None,
                };
                let [more, less] = ["+", "-"].map(|by| moved(by).map(|it| format!("({it})")));
                [Some(name.clone()), more, less].into_iter().flatten()
            })
            .collect()
    }
}

impl Guard {
    fn of(&self, value: &str) -> Expr {
        self.check.replace_column(&self.name, value)
    }
}

impl Guards {
    fn is_empty(&self) -> bool {
        self.ready.is_empty() && self.waiting.is_empty()
    }
}

/// The checks of the table and of the column's domain that speak of the column.
fn guards(schema: &Schema, table: &Table, column: &Column, coming: &Coming) -> Guards {
    let open = |guard: &Guard| {
        let others = coming.open.iter().filter(|it| **it != column.name);
        others.into_iter().any(|it| guard.check.mentions(it))
    };
    let with_known = |check: &Expr| {
        let known = coming.known.iter();
        known.fold(check.clone(), |check, (name, value)| check.replace_column(name, value))
    };
    let own = table.checks.iter().map(|it| &it.expr).filter(|it| it.mentions(&column.name));
    let own = own.map(|it| Guard { check: with_known(it), name: column.name.clone() });
    let (waiting, mut ready): (Vec<_>, Vec<_>) = own.partition(open);
    let domain = column.data_type.named().and_then(|name| schema.domains.get(name));
    let of_domain = domain.into_iter().flat_map(|it| &it.checks);
    ready.extend(of_domain.map(|it| Guard { check: it.expr.clone(), name: "VALUE".to_owned() }));
    Guards { ready, waiting }
}

/// Whether an expression names a column by its table, or asks other rows: then
/// no value can be put in the column's place.
fn reaches_out(expr: &Ast) -> bool {
    let found = visit_expressions(expr, |expr| match expr {
        Ast::CompoundIdentifier(_)
        | Ast::CompoundFieldAccess { .. }
        | Ast::Subquery(_)
        | Ast::Exists { .. }
        | Ast::InSubquery { .. } => ControlFlow::Break(()),
        _other => ControlFlow::Continue(()),
    });
    found.is_break()
}

/// What values a column takes.
#[derive(Debug, PartialEq, Eq)]
enum Kind {
    Number { signed: bool },
    Text { length: u32 },
    Boolean,
    Day,
    Moment,
    Label(Vec<String>),
    Other,
}

impl Kind {
    fn of_type(schema: &Schema, data_type: &ColumnType) -> Self {
        match data_type {
            ColumnType::Boolean => Self::Boolean,
            ColumnType::Integer { unsigned, .. } => Self::Number { signed: !unsigned },
            ColumnType::Float
            | ColumnType::Double
            | ColumnType::Decimal(_)
            | ColumnType::Money(_) => Self::Number { signed: true },
            ColumnType::Char(length) => Self::Text { length: length.unwrap_or(1) },
            ColumnType::Varchar(length) => Self::Text { length: length.unwrap_or(255) },
            ColumnType::Text(_) => Self::Text { length: 255 },
            ColumnType::Date => Self::Day,
            ColumnType::DateTime { .. } | ColumnType::Timestamp { .. } => Self::Moment,
            ColumnType::InlineEnum(labels) => Self::Label(labels.clone()),
            ColumnType::Enum(name) => {
                schema.enums.get(name).map_or(Self::Other, |it| Self::Label(it.values.clone()))
            }
            ColumnType::Domain(name) => {
                schema.domains.get(name).map_or(Self::Other, |it| Self::of_type(schema, &it.base))
            }
            ColumnType::Binary(_)
            | ColumnType::VarBinary(_)
            | ColumnType::Blob(_)
            | ColumnType::Bit(_)
            | ColumnType::VarBit(_)
            | ColumnType::Time { .. }
            | ColumnType::Year
            | ColumnType::Interval { .. }
            | ColumnType::Json
            | ColumnType::JsonBinary
            | ColumnType::Uuid
            | ColumnType::Inet
            | ColumnType::Cidr
            | ColumnType::MacAddr
            | ColumnType::LTree
            | ColumnType::Vector(_)
            | ColumnType::Set(_)
            | ColumnType::Array(_)
            | ColumnType::Verbatim(_) => Self::Other,
        }
    }

    /// Whether the values of the other column are of this kind.
    fn is_like(&self, other: &Column) -> bool {
        let kind = Self::of_type(&Schema::default(), &other.data_type);
        match self {
            Self::Number { .. } => matches!(kind, Self::Number { .. }),
            Self::Text { .. } => matches!(kind, Self::Text { .. }),
            Self::Boolean | Self::Day | Self::Moment => kind == *self,
            Self::Label(_) | Self::Other => false,
        }
    }

    /// Values to try, from what the checks say.
    fn constants(&self, dialect: Dialect, checks: &[Ast]) -> Vec<String> {
        let (numbers, texts) = said(checks);
        let near = |it: &i64| [*it, it.saturating_add(1), it.saturating_sub(1)];
        let found: Vec<String> = match self {
            Self::Number { signed } => {
                let near = [1, -1].into_iter().chain(numbers.iter().flat_map(near));
                let both = near.clone().chain(near.map(i64::saturating_neg));
                both.filter(|it| *signed || *it >= 0).map(|it| it.to_string()).collect()
            }
            Self::Text { length } => {
                let fits = |it: &String| it.chars().count() <= *length as usize;
                let long = numbers.iter().flat_map(near).filter(|it| (1..=255).contains(it));
                let long = long.map(|it| "x".repeat(usize::try_from(it).unwrap_or_default()));
                let plain = ["x", "X", "0"].map(str::to_owned);
                let all = texts.into_iter().chain(plain).chain(long);
                all.filter(fits).map(|it| dialect.quote_text(&it)).collect()
            }
            Self::Boolean => {
                let words =
                    if dialect == Dialect::Postgres { ["FALSE", "TRUE"] } else { ["0", "1"] };
                words.map(str::to_owned).to_vec()
            }
            Self::Day | Self::Moment => {
                let usual = ["2000-01-01", "2037-12-31"].map(str::to_owned);
                texts.into_iter().chain(usual).map(|it| dialect.quote_text(&it)).collect()
            }
            Self::Label(labels) => labels.iter().map(|it| dialect.quote_text(it)).collect(),
            Self::Other => Vec::new(),
        };
        let mut once = BTreeSet::new();
        found.into_iter().filter(|it| once.insert(it.clone())).collect()
    }
}

/// The numbers and texts in the checks.
fn said(checks: &[Ast]) -> (Vec<i64>, Vec<String>) {
    let (mut numbers, mut texts) = (Vec::new(), Vec::new());
    for check in checks {
        let _: ControlFlow<()> = visit_expressions(check, |expr| {
            if let Ast::Value(value) = expr {
                match &value.value {
                    Constant::Number(digits, _) => numbers.extend(whole(digits)),
                    Constant::SingleQuotedString(text) => texts.push(text.clone()),
                    _other => {}
                }
            }
            ControlFlow::Continue(())
        });
    }
    (numbers, texts)
}

/// The number before the point.
fn whole(digits: &str) -> Option<i64> {
    digits.split('.').next()?.parse().ok()
}
