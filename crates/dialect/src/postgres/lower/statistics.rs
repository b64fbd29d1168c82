//! Extended statistics.

use autogen_schema::{IndexKey, Pair, Partitioning, QName, Statistics, StatisticsChange};

use super::Lowering;
use crate::Dialect::Postgres;
use crate::postgres::{locks, render};
use crate::step::Effect;

impl Lowering<'_> {
    pub(super) fn statistics(&mut self, change: &StatisticsChange) {
        match change {
            StatisticsChange::Create(item) => self.create_statistics(item),
            StatisticsChange::Drop(item) => {
                let name = Postgres.quote_name(&item.name);
                self.step(locks::QUIET, format!("DROP STATISTICS {name}"));
            }
            StatisticsChange::Alter(item) => {
                let Pair { before, after } = &**item;
                if before.target != after.target {
                    self.target(after);
                }
                if before.comment != after.comment {
                    let text = after.comment.as_deref();
                    self.step(Effect::NONE, render::comment(&object(after), text));
                }
            }
        }
    }

    /// The statistics of a recreated table.
    pub(super) fn statistics_again(&mut self, table: &QName) {
        let all = self.schema.statistics.values().filter(|item| item.table == *table);
        for item in all.cloned().collect::<Vec<_>>() {
            self.create_statistics(&item);
        }
    }

    /// A change of a column's type resets the target of the statistics over it.
    ///
    /// Source: `transformStatsStmt` in `src/backend/parser/parse_utilcmd.c` takes over only the
    /// comment; observed on 15.
    pub(super) fn targets_again(&mut self, table: &QName, column: &str) {
        let after = &self.ends.after.statistics;
        let owner = self.schema.tables.get(table).and_then(|it| it.partitioning.as_ref());
        let partitions: Vec<&QName> = owner.map(Partitioning::names).unwrap_or_default();
        let reset = self.schema.statistics.values().filter(|item| {
            let kept = after.get(&item.name).is_some_and(|after| after.target == item.target);
            let on_table = item.table == *table || partitions.contains(&&item.table);
            on_table && item.target.is_some() && kept && item.uses(column)
        });
        for item in reset.cloned().collect::<Vec<_>>() {
            self.target(&item);
        }
    }

    fn create_statistics(&mut self, item: &Statistics) {
        let kinds = match item.kinds.is_empty() {
            true => String::new(),
            false => format!(" ({})", item.kinds.join(", ")),
        };
        let on = item.on.iter().map(|key| match key {
            IndexKey::Column(name) => Postgres.quote(name),
            IndexKey::Expression(expr) => format!("({expr})"),
        });
        let sql = format!(
            "CREATE STATISTICS {}{kinds} ON {} FROM {}",
            Postgres.quote_name(&item.name),
            on.collect::<Vec<_>>().join(", "),
            Postgres.quote_name(&item.table)
        );
        let effect = self.on(&item.table, locks::QUIET);
        self.step(effect, sql);
        if item.target.is_some() {
            self.target(item);
        }
        if let Some(text) = &item.comment {
            self.step(Effect::NONE, render::comment(&object(item), Some(text)));
        }
    }

    fn target(&mut self, item: &Statistics) {
        let name = Postgres.quote_name(&item.name);
        let target = item.target.unwrap_or(-1);
        let sql = format!("ALTER STATISTICS {name} SET STATISTICS {target}");
        self.step(locks::QUIET, sql);
    }
}

fn object(item: &Statistics) -> String {
    format!("STATISTICS {}", Postgres.quote_name(&item.name))
}
