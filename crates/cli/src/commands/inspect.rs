//! `autogen inspect`.

use std::collections::BTreeSet;

use autogen_dialect::Dialect;
use autogen_plan::{Directive, emit};
use autogen_schema::{IndexKey, Schema, Snapshot, Table, Unread, visible};

use crate::args::{Inspect, SchemaFormat};
use crate::error::{Error, exit, unknown_dialect};
use crate::output;
use crate::project::Project;
use crate::seen;
use crate::source::Source;

pub(super) async fn run(project: &Project, args: &Inspect) -> Result<u8, Error> {
    let name = args.source.as_deref().unwrap_or("database");
    let source = Source::parse(name, project)?;
    let mut loaded = match args.format {
        SchemaFormat::Sql => source.load_shown(project).await?,
        SchemaFormat::Json | SchemaFormat::Text => {
            source.load_all(project, BTreeSet::new()).await?
        }
    };
    let dialect = match loaded.dialect {
        Some(dialect) => Some(dialect),
        None => project.dialect_or_server().await?,
    };
    loaded.complete_for(dialect)?;
    let schema = match dialect {
        Some(dialect) => dialect.canonicalize(&loaded.declared.schema),
        None => loaded.declared.schema,
    };
    crate::comparing::tell_outside(&schema);
    seen::tell_unread(&loaded.declared.unread, false);
    for item in &schema.unsupported {
        output::note(&format!("{}: {} ({})", item.object, item.message, item.code));
    }
    if args.scripts {
        output::data(&emit::scripts_sql(dialect.ok_or_else(unknown_dialect)?, &schema)?);
        return Ok(exit::DONE);
    }
    match args.format {
        SchemaFormat::Json => {
            let mut snapshot = Snapshot::new(schema);
            snapshot.dialect = dialect.map(|dialect| dialect.name().to_owned());
            snapshot.unread = loaded.declared.unread;
            output::data(&snapshot.to_json());
        }
        SchemaFormat::Sql => {
            let sql = emit::schema_sql(dialect.ok_or_else(unknown_dialect)?, &schema)?;
            output::data(&(unread(loaded.declared.unread) + &sql));
        }
        SchemaFormat::Text => {
            output::result(&text(dialect.ok_or_else(unknown_dialect)?, &schema));
        }
    }
    Ok(exit::DONE)
}

/// Lines with which `sql:FILE` recognizes what could not be read of the models.
fn unread(all: Vec<Unread>) -> String {
    all.into_iter().map(|it| Directive::Unread(Box::new(it)).write()).collect()
}

fn text(dialect: Dialect, schema: &Schema) -> String {
    let mut out = String::new();
    for item in schema.enums.values() {
        add(&mut out, &format!("enum {} ({})", item.name, item.values.join(", ")));
    }
    for table in schema.tables.values() {
        out.push_str(&table_text(dialect, table));
    }
    for view in schema.views.values() {
        add(&mut out, &format!("{} {}", view.kind.words().to_lowercase(), view.name));
        for index in &view.indexes {
            add(&mut out, &format!("  index {}", index.name));
        }
        for trigger in &view.triggers {
            add(&mut out, &format!("  trigger {}", trigger.name));
        }
    }
    for routine in &schema.routines {
        let kind = routine.kind.words().to_lowercase();
        add(&mut out, &format!("{kind} {}", routine.signature()));
    }
    out
}

/// Adds a line; characters that would end it, in a name or an expression, are escaped.
fn add(out: &mut String, line: &str) {
    out.push_str(&visible(line));
    out.push('\n');
}

fn table_text(dialect: Dialect, table: &Table) -> String {
    let mut out = String::new();
    add(&mut out, &format!("table {}", table.name));
    let key: Vec<&str> = table
        .primary_key
        .iter()
        .flat_map(|key| &key.columns)
        .map(|it| it.column.as_str())
        .collect();
    for column in &table.columns {
        let mut words = vec![dialect.render_type(&column.data_type)];
        words.push(if column.nullable { "null" } else { "not null" }.to_owned());
        if key.contains(&column.name.as_str()) {
            words.push("primary key".to_owned());
        }
        if column.identity.is_some() {
            words.push("auto-increment".to_owned());
        }
        if let Some(default) = &column.default {
            words.push(format!("default {}", dialect.default_text(default)));
        }
        if let Some(generated) = &column.generated {
            words.push(format!("generated as {}", generated.expr));
        }
        add(&mut out, &format!("  {}: {}", column.name, words.join(", ")));
    }
    for unique in &table.uniques {
        let columns: Vec<&str> = unique.columns.iter().map(|it| it.column.as_str()).collect();
        add(&mut out, &format!("  unique ({})", columns.join(", ")));
    }
    for key in &table.foreign_keys {
        add(
            &mut out,
            &format!(
                "  foreign key ({}) -> {} ({})",
                key.columns.join(", "),
                key.references,
                key.referenced_columns.join(", ")
            ),
        );
    }
    for check in &table.checks {
        add(&mut out, &format!("  check {}", check.expr));
    }
    for index in &table.indexes {
        let parts: Vec<&str> = index
            .parts
            .iter()
            .map(|part| match &part.key {
                IndexKey::Column(name) => name.as_str(),
                IndexKey::Expression(expr) => expr.as_str(),
            })
            .collect();
        let unique = if index.unique { "unique " } else { "" };
        let filter = index.predicate.as_ref().map(|it| format!(" where {it}")).unwrap_or_default();
        add(&mut out, &format!("  {unique}index {} ({}){filter}", index.name, parts.join(", ")));
    }
    for trigger in &table.triggers {
        add(&mut out, &format!("  trigger {}", trigger.name));
    }
    if let Some(security) = &table.row_security {
        let words = match (security.enabled, security.forced) {
            (true, true) => "forced",
            (true, false) => "enabled",
            (false, _) => "disabled",
        };
        add(&mut out, &format!("  row-level security: {words}"));
        for policy in &security.policies {
            add(&mut out, &format!("  policy {}", policy.name));
        }
    }
    out
}
