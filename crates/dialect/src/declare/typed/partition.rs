//! `CREATE TABLE .. PARTITION OF`.

use autogen_schema::{DeclaredObject, Partition, Partitioning, QName, Table};

use super::end;
use crate::Dialect;
use crate::declare::comment::text;
use crate::declare::cursor::Cursor;
use crate::declare::{Declaring, ON_NOTHING, Problem, UNKNOWN, name, problem};

/// Whether the statement creates a partition.
pub fn makes_partition(sql: &str) -> bool {
    let mut at = Cursor::new(Dialect::Postgres, sql);
    at.words(&["CREATE", "TABLE"]) && at.qname().is_some() && at.words(&["PARTITION", "OF"])
}

/// The table whose comment the statement sets.
pub fn commented_table(sql: &str) -> Option<QName> {
    let mut at = Cursor::new(Dialect::Postgres, sql);
    if at.words(&["COMMENT", "ON", "TABLE"]) { at.qname() } else { None }
}

impl Declaring<'_> {
    /// Reads the comment, if it is on a partition.
    pub(super) fn partition_comment(&mut self, mut at: Cursor<'_>) -> Result<bool, Problem> {
        let name = name(&mut at, "partition")?;
        let comment = text(&mut at)?;
        let tables = &self.declared.schema.tables;
        let holds = |table: &Table| {
            table.partitioning.as_ref().is_some_and(|it| it.names().contains(&&name))
        };
        let root = tables.values().find(|table| holds(table)).map(|table| table.name.clone());
        let table = root.and_then(|root| self.declared.schema.table_mut(&root));
        let top = table.and_then(|table| table.partitioning.as_mut());
        let Some(partition) = top.and_then(|top| top.partition_mut(&name)) else {
            return Ok(false);
        };
        partition.comment = comment;
        Ok(true)
    }

    /// Reads the statement, if it creates a partition.
    pub(super) fn partition(&mut self, mut at: Cursor<'_>) -> Result<bool, Problem> {
        at.words(&["IF", "NOT", "EXISTS"]);
        let name = name(&mut at, "table")?;
        if !at.words(&["PARTITION", "OF"]) {
            return Ok(false);
        }
        self.only_postgres("partitions")?;
        let of = crate::declare::name(&mut at, "partitioned table")?;
        let bound = at.until(&["PARTITION"]).trim().to_owned();
        let whole = bound.to_ascii_uppercase();
        if !(whole.starts_with("FOR VALUES") || whole == "DEFAULT") {
            return Err(problem(
                UNKNOWN,
                format!("the partition {name} declares more than its bound"),
                "write CREATE TABLE name PARTITION OF table FOR VALUES .., or DEFAULT; columns, \
                 keys and indexes are those of the table",
            ));
        }
        let mut partitioning = None;
        if at.words(&["PARTITION", "BY"]) {
            partitioning = Some(Partitioning::new(at.until(&[])));
        }
        end(&at, "CREATE TABLE")?;
        self.place(
            DeclaredObject::Other("partition", name.to_string()),
            &format!("partition {name}"),
        )?;
        let partition = Partition { partitioning, ..Partition::new(name.clone(), bound) };
        let tables = &self.declared.schema.tables;
        let holds = |table: &Table| {
            let top = table.partitioning.as_ref();
            top.is_some_and(|top| table.name == of || top.names().contains(&&of))
        };
        let root = tables.values().find(|table| holds(table)).map(|table| table.name.clone());
        let top = root.and_then(|root| self.declared.schema.table_mut(&root));
        let owner = top.and_then(|table| {
            let is_top = table.name == of;
            let top = table.partitioning.as_mut()?;
            if is_top { Some(top) } else { top.below_mut(&of) }
        });
        let Some(owner) = owner else {
            return Err(problem(
                ON_NOTHING,
                format!("{name} is a partition of {of}, which is not declared as partitioned"),
                "add #[autogen(partition_by = \"RANGE (column)\")] on the model; a partition \
                 with subpartitions must precede them",
            ));
        };
        owner.partitions.push(partition);
        Ok(true)
    }
}
