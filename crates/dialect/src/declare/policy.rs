//! `CREATE POLICY`.

use autogen_schema::{DeclaredObject, Metadata, Policy, QName, RowSecurity};

use super::cursor::Cursor;
use super::{Declaring, Done, ON_NOTHING, Problem, name, problem};

impl Declaring<'_> {
    pub(super) fn policy(&mut self, mut at: Cursor<'_>) -> Done {
        self.only_postgres("policies")?;
        at.word("POLICY");
        let rest = at.rest();
        let policy = name(&mut at, "policy")?.name;
        at.word("ON");
        let table = name(&mut at, "table of the policy")?;
        let place = DeclaredObject::Policy { table: table.clone(), name: policy.clone() };
        self.place(place, &format!("policy {policy} of {table}"))?;
        let security = self.security(&table, &format!("policy {policy}"))?;
        security.policies.push(Policy {
            name: policy,
            definition: format!("CREATE POLICY {rest}"),
            comment: None,
            source: Metadata(None),
        });
        Ok(())
    }

    pub(super) fn security(
        &mut self,
        table: &QName,
        what: &str,
    ) -> Result<&mut RowSecurity, Problem> {
        let found = self.declared.schema.table_mut(table).ok_or_else(|| {
            problem(
                ON_NOTHING,
                format!("{what} is on {table}, which is not a table of a model"),
                "correct the name, or write the model",
            )
        })?;
        Ok(found.row_security.get_or_insert_default())
    }
}
