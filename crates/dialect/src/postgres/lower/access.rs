//! Owners and privileges of recreated objects.

use autogen_schema::{Access, QName};

use super::Lowering;
use crate::Dialect::Postgres;
use crate::step::Effect;

impl Lowering<'_> {
    /// Gives a recreated table the owner of the table that it replaces, and, if privileges are
    /// not compared, its privileges: those of the database on which the migration runs.
    pub(super) fn carry_access(&mut self, table: &QName, retired: &QName) {
        let (to, from) = (Postgres.quote_name(table), Postgres.quote_name(retired));
        let (to, from) = (to.replace('\'', "''").replace('%', "%%"), from.replace('\'', "''"));
        let privileges = "
    SELECT x.privilege_type, NULL::name AS attname, x.grantee, x.is_grantable
    FROM aclexplode(c.relacl) x
    UNION ALL
    SELECT x.privilege_type, a.attname, x.grantee, x.is_grantable
    FROM pg_attribute a, aclexplode(a.attacl) x
    WHERE a.attrelid = c.oid AND NOT a.attisdropped";
        let grants = format!(
            "  FOR held IN
    SELECT p.*, CASE WHEN p.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(p.grantee)) END AS role
    FROM pg_class c
    CROSS JOIN LATERAL ({}) p
    WHERE c.oid = '{from}'::regclass AND p.grantee <> c.relowner
  LOOP
    EXECUTE format('GRANT %s%s ON TABLE {to} TO %s%s', held.privilege_type,
      ' (' || quote_ident(held.attname) || ')', held.role,
      CASE WHEN held.is_grantable THEN ' WITH GRANT OPTION' END);
  END LOOP;\n",
            privileges.replace('\n', "\n  ")
        );
        let grants = if self.compares_privileges() { String::new() } else { grants };
        let sql = format!(
            "DO $autogen$
DECLARE
  held record;
BEGIN
{grants}  FOR held IN
    SELECT pg_get_userbyid(relowner) AS role
    FROM pg_class
    WHERE oid = '{from}'::regclass AND pg_get_userbyid(relowner) <> current_user
  LOOP
    EXECUTE format('ALTER TABLE {to} OWNER TO %I', held.role);
  END LOOP;
END
$autogen$"
        );
        self.step(Effect::NONE, sql);
    }

    /// Restores the privileges of a column that is recreated or restored.
    pub(super) fn grant_column(&mut self, table: &QName, column: &str, access: &Access) {
        let (table, column) = (Postgres.quote_name(table), Postgres.quote(column));
        let of_column = |(grantee, privilege, option): &(String, String, bool)| {
            (grantee.clone(), format!("{privilege} ({column})"), *option)
        };
        let grants = access.grants.iter().map(of_column).collect();
        let access = Access { owner: None, closed: false, grants };
        self.give_back(&access, "", &format!("TABLE {table}"));
    }

    /// Restores owner and privileges. `what` is the text in `ALTER .. OWNER`, `on` the text in
    /// `GRANT .. ON ..`.
    pub(super) fn give_back(&mut self, access: &Access, what: &str, on: &str) {
        if access.closed {
            self.step(Effect::NONE, format!("REVOKE ALL ON {on} FROM PUBLIC"));
        }
        for (grantee, privilege, option) in &access.grants {
            let option = if *option { " WITH GRANT OPTION" } else { "" };
            self.step(Effect::NONE, format!("GRANT {privilege} ON {on} TO {grantee}{option}"));
        }
        if let Some(owner) = &access.owner {
            let owner = Postgres.quote(owner);
            self.step(Effect::NONE, format!("ALTER {what} OWNER TO {owner}"));
        }
    }
}
