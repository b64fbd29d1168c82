//! `autogen inspect`.

use std::collections::BTreeSet;

use autogen_dialect::Dialect;
use autogen_plan::emit;
use autogen_schema::{IndexKey, Schema, Snapshot, Table};

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
        None => project.dialect()?,
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
            output::data(&emit::schema_sql(dialect.ok_or_else(unknown_dialect)?, &schema)?);
        }
        SchemaFormat::Text => {
            output::result(&text(dialect.ok_or_else(unknown_dialect)?, &schema));
        }
    }
    Ok(exit::DONE)
}

fn text(dialect: Dialect, schema: &Schema) -> String {
    let mut out = String::new();
    for item in schema.enums.values() {
        out.push_str(&format!("enum {} ({})\n", item.name, item.values.join(", ")));
    }
    for table in schema.tables.values() {
        out.push_str(&table_text(dialect, table));
    }
    for view in schema.views.values() {
        out.push_str(&format!("{} {}\n", view.kind.words().to_lowercase(), view.name));
        for index in &view.indexes {
            out.push_str(&format!("  index {}\n", index.name));
        }
        for trigger in &view.triggers {
            out.push_str(&format!("  trigger {}\n", trigger.name));
        }
    }
    for routine in &schema.routines {
        let kind = routine.kind.words().to_lowercase();
        out.push_str(&format!("{kind} {}\n", routine.signature()));
    }
    out
}

fn table_text(dialect: Dialect, table: &Table) -> String {
    let mut out = format!("table {}\n", table.name);
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
        out.push_str(&format!("  {}: {}\n", column.name, words.join(", ")));
    }
    for unique in &table.uniques {
        let columns: Vec<&str> = unique.columns.iter().map(|it| it.column.as_str()).collect();
        out.push_str(&format!("  unique ({})\n", columns.join(", ")));
    }
    for key in &table.foreign_keys {
        out.push_str(&format!(
            "  foreign key ({}) -> {} ({})\n",
            key.columns.join(", "),
            key.references,
            key.referenced_columns.join(", ")
        ));
    }
    for check in &table.checks {
        out.push_str(&format!("  check {}\n", check.expr));
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
        out.push_str(&format!("  {unique}index {} ({}){filter}\n", index.name, parts.join(", ")));
    }
    for trigger in &table.triggers {
        out.push_str(&format!("  trigger {}\n", trigger.name));
    }
    if let Some(security) = &table.row_security {
        let words = match (security.enabled, security.forced) {
            (true, true) => "forced",
            (true, false) => "enabled",
            (false, _) => "disabled",
        };
        out.push_str(&format!("  row-level security: {words}\n"));
        for policy in &security.policies {
            out.push_str(&format!("  policy {}\n", policy.name));
        }
    }
    out
}
