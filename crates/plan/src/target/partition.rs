//! The partitioning of tables. Applications create and drop partitions at run time: those
//! that only the database has are left alone.

use autogen_schema::{Partition, Partitioning, Table};

use super::Resolver;
use super::declaration::A_STATEMENT;
use crate::findings::Ambiguity;

impl Resolver<'_> {
    pub(super) fn partitioning(&mut self, before: &Table, after: &Table) -> Option<Partitioning> {
        let databases = !self.declared.is_models();
        match (&before.partitioning, &after.partitioning) {
            (Some(current), None) if !databases => {
                self.findings.keep("partitioning", &after.name, A_STATEMENT);
                Some(current.clone())
            }
            (Some(current), Some(wanted)) => Some(self.merged(after, current, wanted, databases)),
            (_, wanted) => wanted.clone(),
        }
    }

    fn merged(
        &mut self,
        table: &Table,
        current: &Partitioning,
        wanted: &Partitioning,
        databases: bool,
    ) -> Partitioning {
        let mut result = wanted.clone();
        let exact = |by: &str| self.dialect.partition_key_is_exact(by);
        if current.by != wanted.by && !exact(&current.by) && !exact(&wanted.by) {
            self.ambiguous_spelling(table, "partition key", &current.by, &wanted.by);
            result.by.clone_from(&current.by);
        }
        if current.by != result.by {
            return result;
        }
        for partition in &mut result.partitions {
            let found = current.partitions.iter().find(|it| it.name == partition.name);
            let Some(found) = found else { continue };
            if !databases && found.bound != partition.bound {
                let what = format!("bound of {}", partition.name);
                self.ambiguous_spelling(table, &what, &found.bound, &partition.bound);
                partition.bound.clone_from(&found.bound);
            }
            if !databases {
                partition.own.clone_from(&found.own);
            }
            partition.partitioning = match (&found.partitioning, &partition.partitioning) {
                (Some(current), Some(wanted)) => {
                    Some(self.merged(table, current, wanted, databases))
                }
                (current, _) if !databases => current.clone(),
                (_, wanted) => wanted.clone(),
            };
        }
        if !databases {
            let known = |it: &&Partition| wanted.partitions.iter().any(|w| w.name == it.name);
            for partition in current.partitions.iter().filter(|it| !known(it)) {
                self.findings.keep("partition", &partition.name, A_STATEMENT);
                result.partitions.push(partition.clone());
            }
        }
        result.sort();
        result
    }

    fn ambiguous_spelling(&mut self, table: &Table, what: &str, current: &str, wanted: &str) {
        self.findings.ambiguities.push(Ambiguity {
            code: "D0107",
            object: table.name.to_string(),
            message: format!(
                "the {what} is kept unchanged: it is `{current}`, and `{wanted}` is declared"
            ),
            hint: "if both mean the same, write it as the database does; else write the change \
                   into a revision by hand"
                .to_owned(),
        });
    }
}
