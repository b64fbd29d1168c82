//! Views, triggers, policies and functions over random tables.

use autogen_dialect::Dialect;
use autogen_schema::{
    Firing, Metadata, Policy, QName, Routine, RoutineKind, RowSecurity, Schema, Table, Trigger,
    View, ViewIndex, ViewKind,
};

/// How many kinds of drafts there are.
pub(crate) const KINDS: u8 = 8;

/// Adds what was drawn for each table, in their order.
pub(crate) fn add(dialect: Dialect, schema: &mut Schema, drafts: &[u8], body: &str) {
    let postgres = dialect.has_schemas();
    let tables: Vec<Table> = schema.tables.values().map(|it| Table::clone(it)).collect();
    for (at, (table, draft)) in tables.iter().zip(drafts).enumerate() {
        let all: Vec<String> = table.columns.iter().map(|it| dialect.quote(&it.name)).collect();
        let from = dialect.quote_name(&table.name);
        let name = format!("v{at}");
        let some = all.iter().skip(usize::from(*draft % 2)).cloned().collect::<Vec<_>>();
        let some = if some.is_empty() { all.clone() } else { some };
        match draft {
            0 | 1 => view(schema, &name, &format!("SELECT {} FROM {from}", some.join(", "))),
            2 => view(schema, &name, &format!("SELECT *, {body} AS h FROM {from}")),
            3 => {
                let over = dialect.quote(&name);
                view(schema, &name, &format!("SELECT {}, 1 AS one FROM {from}", some.join(", ")));
                view(schema, &format!("a{at}"), &format!("SELECT one FROM {over}"));
            }
            4 if postgres => {
                view(schema, &name, &format!("SELECT {} AS x FROM {from}", some[0]));
                let Some(view) = schema.views.get_mut(&QName::bare(name.as_str())) else {
                    continue;
                };
                view.kind = ViewKind::Materialized;
                view.definition =
                    view.definition.replace("CREATE VIEW", "CREATE MATERIALIZED VIEW");
                view.indexes.push(ViewIndex {
                    name: format!("i{at}"),
                    definition: format!("CREATE INDEX i{at} ON {name} ((1))"),
                    comment: Some("an index".to_owned()),
                    source: Metadata(None),
                });
            }
            5 if postgres => {
                schema.reform_tables(|it| {
                    if it.name == table.name {
                        let condition = format!("{} IS NOT NULL", some[0]);
                        it.row_security = Some(RowSecurity {
                            enabled: true,
                            forced: false,
                            policies: vec![Policy {
                                name: format!("p{at}"),
                                definition: format!(
                                    "CREATE POLICY p{at} ON {from} USING ({condition})"
                                ),
                                comment: None,
                                source: Metadata(None),
                            }],
                        });
                    }
                });
            }
            4..=6 => trigger(dialect, schema, table, at, &some[0], body),
            _ => {}
        }
    }
}

fn view(schema: &mut Schema, name: &str, query: &str) {
    let definition = format!("CREATE VIEW {name} AS {query}");
    let name = QName::bare(name);
    schema.views.insert(name.clone(), View::new(name, ViewKind::Plain, definition));
}

fn trigger(
    dialect: Dialect,
    schema: &mut Schema,
    table: &Table,
    at: usize,
    column: &str,
    body: &str,
) {
    let on = dialect.quote_name(&table.name);
    let definition = if crate::scripts::is_mysql(dialect) {
        format!(
            "CREATE TRIGGER t{at} BEFORE UPDATE ON {on} FOR EACH ROW SET @x = NEW.{column}, \
             @y = {body}"
        )
    } else if dialect.has_schemas() {
        format!(
            "CREATE TRIGGER t{at} AFTER UPDATE OF {column} ON {on} FOR EACH ROW EXECUTE FUNCTION f()"
        )
    } else {
        format!("CREATE TRIGGER t{at} AFTER UPDATE OF {column} ON {on} BEGIN SELECT {body}; END")
    };
    if dialect.has_schemas() && schema.routines.is_empty() {
        schema.routines.push(Routine {
            name: QName::bare("f"),
            arguments: String::new(),
            kind: RoutineKind::Function,
            definition: format!(
                "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS \
                 $autogen$begin perform {body}; return new; end$autogen$"
            ),
            comment: None,
            source: Metadata(None),
            access: Metadata::default(),
        });
    }
    let mut trigger = Trigger::new(format!("t{at}"), definition);
    // Every third one is disabled, where that is possible.
    if dialect.has_schemas() && (at + column.len()).is_multiple_of(3) {
        trigger.firing = Firing::Disabled;
    }
    schema.reform_tables(|it| {
        if it.name == table.name {
            it.triggers.push(trigger.clone());
        }
    });
}
