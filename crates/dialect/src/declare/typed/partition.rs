//! `CREATE TABLE .. PARTITION OF`.

use autogen_schema::{Partition, Partitioning, Place};

use super::end;
use crate::declare::cursor::Cursor;
use crate::declare::{Declaring, ON_NOTHING, Problem, UNKNOWN, name, problem};

impl Declaring<'_> {
    /// Takes the statement, if it is about a partition.
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
                format!("the partition {name} says more than its bound"),
                "write CREATE TABLE name PARTITION OF table FOR VALUES .., or DEFAULT; columns, \
                 keys and indexes are those of the table",
            ));
        }
        let mut partitioning = None;
        if at.words(&["PARTITION", "BY"]) {
            partitioning = Some(Partitioning::new(at.until(&[])));
        }
        end(&at, "CREATE TABLE")?;
        self.place(Place::Other("partition", name.to_string()), &format!("partition {name}"))?;
        let partition = Partition { name: name.clone(), bound, partitioning };
        let tables = &mut self.declared.schema.tables;
        let root = tables.get_mut(&of).and_then(|table| table.partitioning.as_mut());
        let owner = match root {
            Some(root) => Some(root),
            None => tables
                .values_mut()
                .filter_map(|table| table.partitioning.as_mut())
                .find_map(|top| top.below_mut(&of)),
        };
        let Some(owner) = owner else {
            return Err(problem(
                ON_NOTHING,
                format!("{name} is a partition of {of}, which is not declared as partitioned"),
                "say #[autogen(partition_by = \"RANGE (column)\")] on the model; a partition that is \
                 divided further comes before its own partitions",
            ));
        };
        owner.partitions.push(partition);
        Ok(true)
    }
}
