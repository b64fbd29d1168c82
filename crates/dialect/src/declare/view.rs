//! `CREATE [MATERIALIZED] VIEW`.

use autogen_schema::{DeclaredObject, View, ViewKind};

use super::cursor::{Cursor, Head};
use super::{Declaring, Done, TWICE, name, problem};

impl Declaring<'_> {
    pub(super) fn view(&mut self, head: &Head<'_>, mut at: Cursor<'_>) -> Done {
        let recursive = at.word("RECURSIVE");
        let kind = if at.word("MATERIALIZED") { ViewKind::Materialized } else { ViewKind::Plain };
        at.word("VIEW");
        at.words(&["IF", "NOT", "EXISTS"]);
        let rest = at.rest();
        let name = name(&mut at, "view")?;
        if kind == ViewKind::Materialized {
            self.only_postgres("materialized views")?;
        }
        if self.declared.schema.tables.contains_key(&name) {
            return Err(problem(
                TWICE,
                format!("a model declares the table {name}, and this file a view"),
                "skip the model with #[autogen(skip)], or rename one of them",
            ));
        }
        let by_model = self.declared.schema.views.contains_key(&name)
            && self.declared.origins.contains_key(&name);
        if by_model {
            return Err(problem(
                TWICE,
                format!("a model already declares the view {name} with its query"),
                "keep one of them",
            ));
        }
        self.place(DeclaredObject::View(name.clone()), &format!("view {name}"))?;
        let recursive = if recursive { "RECURSIVE " } else { "" };
        let definition = format!("CREATE {}{recursive}{} {rest}", head.clauses, kind.words());
        self.declared.schema.views.insert(name.clone(), View::new(name, kind, definition));
        Ok(())
    }
}
