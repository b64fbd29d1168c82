//! `CREATE POLICY`, and `ALTER TABLE .. ENABLE ROW LEVEL SECURITY`.

use autogen_schema::{Aside, Place, Policy, QName, RowSecurity};

use super::cursor::Cursor;
use super::{Declaring, Done, ON_NOTHING, Problem, UNKNOWN, name, problem};

impl Declaring<'_> {
    pub(super) fn policy(&mut self, mut at: Cursor<'_>) -> Done {
        self.only_postgres("policies")?;
        at.word("POLICY");
        let rest = at.rest();
        let policy = name(&mut at, "policy")?.name;
        at.word("ON");
        let table = name(&mut at, "table of the policy")?;
        let place = Place::Policy { table: table.clone(), name: policy.clone() };
        self.place(place, &format!("policy {policy} of {table}"))?;
        let security = self.security(&table, &format!("policy {policy}"))?;
        security.policies.push(Policy {
            name: policy,
            definition: format!("CREATE POLICY {rest}"),
            comment: None,
            source: Aside(None),
        });
        Ok(())
    }

    /// Only what concerns row-level security: the rest is in models.
    pub(super) fn alter_table(&mut self, mut at: Cursor<'_>) -> Done {
        self.only_postgres("row-level security")?;
        at.words(&["IF", "EXISTS"]);
        at.word("ONLY");
        let table = name(&mut at, "table")?;
        loop {
            let (enabled, forced) = if at.word("ENABLE") {
                (Some(true), None)
            } else if at.word("DISABLE") {
                (Some(false), None)
            } else if at.word("FORCE") {
                (None, Some(true))
            } else if at.words(&["NO", "FORCE"]) {
                (None, Some(false))
            } else {
                (None, None)
            };
            let understood = enabled.is_some() || forced.is_some();
            if !understood || !at.words(&["ROW", "LEVEL", "SECURITY"]) {
                return Err(problem(
                    UNKNOWN,
                    format!("ALTER TABLE {table} says more than row-level security"),
                    "tables are declared by models: say it there",
                ));
            }
            let security = self.security(&table, "row-level security")?;
            security.enabled = enabled.unwrap_or(security.enabled);
            security.forced = forced.unwrap_or(security.forced);
            if !at.symbol(",") {
                break;
            }
        }
        if at.is_at_end() {
            return Ok(());
        }
        Err(problem(UNKNOWN, format!("`{}` is too much here", at.rest()), "take it out"))
    }

    fn security(&mut self, table: &QName, what: &str) -> Result<&mut RowSecurity, Problem> {
        let found = self.declared.schema.table_mut(table).ok_or_else(|| {
            problem(
                ON_NOTHING,
                format!("{what} is on {table}, which is no table of a model"),
                "correct the name, or write the model",
            )
        })?;
        Ok(found.row_security.get_or_insert_default())
    }
}
