//! `CREATE INDEX` on a materialized view: indexes of tables are in models.

use autogen_schema::{DeclaredObject, Metadata, ViewIndex, ViewKind};

use super::cursor::Cursor;
use super::{Declaring, Done, ON_NOTHING, UNKNOWN, name, problem};

impl Declaring<'_> {
    pub(super) fn view_index(&mut self, mut at: Cursor<'_>) -> Done {
        let unique = if at.word("UNIQUE") { "UNIQUE " } else { "" };
        at.word("INDEX");
        at.word("CONCURRENTLY");
        at.words(&["IF", "NOT", "EXISTS"]);
        let rest = at.rest();
        if at.clone().word("ON") {
            return Err(problem(
                UNKNOWN,
                "the index has no name",
                "give it one; otherwise the database chooses one that depends on the existing \
                 names",
            ));
        }
        let index = name(&mut at, "index")?.name;
        at.word("ON");
        at.word("ONLY");
        let on = name(&mut at, "table of the index")?;
        let views = &mut self.declared.schema.views;
        let view = views.get_mut(&on).filter(|view| view.kind == ViewKind::Materialized);
        let Some(view) = view else {
            return Err(problem(
                ON_NOTHING,
                format!("index {index} is on {on}, which is not a materialized view of a file"),
                "write the indexes of tables into their models",
            ));
        };
        view.indexes.push(ViewIndex {
            name: index.clone(),
            definition: format!("CREATE {unique}INDEX {rest}"),
            comment: None,
            source: Metadata(None),
        });
        self.place(
            DeclaredObject::Other("index", format!("{on}.{index}")),
            &format!("index {index}"),
        )
    }
}
