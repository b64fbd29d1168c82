//! MariaDB's sequences.

use autogen_schema::{Default, Pair, QName, Sequence, SequenceChange};

use super::Lowering;
use crate::Dialect::Mysql;
use crate::mysql::{locks, render, sequence};
use crate::step::Effect;

impl Lowering<'_> {
    pub(super) fn sequence(&mut self, change: &SequenceChange) {
        match change {
            SequenceChange::Create(item) => self.step(Effect::NONE, sequence::create(item)),
            SequenceChange::Drop(item) => {
                let name = Mysql.quote_name(&item.name);
                self.step(locks::BRIEF, format!("DROP SEQUENCE {name}"));
            }
            SequenceChange::Rename(name) => self.rename_sequence(name),
            SequenceChange::Alter(item) => self.alter_sequence(item),
            // The canonical form has no owners, and no serial columns.
            SequenceChange::Own { .. } | SequenceChange::Declare { .. } => {}
        }
    }

    /// Defaults name the sequence, and do not follow its rename.
    fn rename_sequence(&mut self, name: &Pair<QName>) {
        let (before, after) = (Mysql.quote_name(&name.before), Mysql.quote_name(&name.after));
        self.step(locks::BRIEF, format!("RENAME TABLE {before} TO {after}"));
        let counts = |default: &Default| match default {
            Default::Expression(expr) => expr.sequences().contains(&name.before),
            Default::Literal(_) => false,
        };
        let mut clauses = Vec::new();
        for table in self.schema.tables.values() {
            for column in &table.columns {
                if let Some(Default::Expression(expr)) =
                    column.default.as_ref().filter(|it| counts(it))
                {
                    let moved =
                        Default::Expression(expr.rename_sequence(&name.before, &name.after));
                    let text = render::default(self.flavor, &column.data_type, &moved);
                    let quoted = Mysql.quote(&column.name);
                    let clause = format!("ALTER COLUMN {quoted} SET DEFAULT {text}");
                    clauses.push((table.name.clone(), column.name.clone(), clause));
                }
            }
        }
        for (table, column, clause) in clauses {
            self.alter(&table, locks::Algorithm::Instant, &[&column], clause);
        }
    }

    fn alter_sequence(&mut self, item: &Pair<Sequence>) {
        let Pair { before, after } = item;
        let name = Mysql.quote_name(&after.name);
        if before.data_type != after.data_type {
            self.refuse(
                "A0446",
                format!("sequence {}", after.name),
                "its type can't be changed in place".to_owned(),
                "create another sequence with the type, and use it in the columns",
            );
            return;
        }
        let words = sequence::changed(Pair::new(&before.options, &after.options));
        if !words.is_empty() {
            if let Some(number) = sequence::carried(Pair::new(&before.options, &after.options)) {
                self.step(locks::BRIEF, format!("DO setval({name}, {number}, 0)"));
            }
            self.step(locks::BRIEF, format!("ALTER SEQUENCE {name} {}", words.join(" ")));
        }
        if before.comment != after.comment {
            let text = Mysql.quote_text(after.comment.as_deref().unwrap_or_default());
            self.step(locks::BRIEF, format!("ALTER TABLE {name} COMMENT={text}"));
        }
    }
}
