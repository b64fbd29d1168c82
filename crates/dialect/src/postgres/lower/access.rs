//! Owners and privileges of what is made anew.

use autogen_schema::Access;

use super::Lowering;
use crate::Dialect::Postgres;
use crate::step::Effect;

impl Lowering<'_> {
    /// Gives back an object what it had. `what` is as in `ALTER .. OWNER`,
    /// `on` as in `GRANT .. ON ..`.
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
