//! The body of `up` and of `down`.

use autogen_dialect::Builder;
use autogen_dialect::sqlite::other_runners;

use super::{done, line, literal, rebuild_script};
use crate::plan::{DirectionPlan, Plan, PlannedStep, StepGroup};

/// What a statement checks before it runs.
#[derive(Clone, Copy)]
pub(super) enum Looks {
    /// If it commits by itself: whether an interrupted run already executed it.
    Stopped,
    /// Always: whether somebody made the change by hand.
    Adopted,
}

/// The statements of one direction, indented by eight columns.
pub(super) fn direction(plan: &Plan, up: bool, wrapped: bool, looks: Looks) -> String {
    let way = if up { &plan.up } else { &plan.down };
    if !way.refusals.is_empty() {
        return refused(way);
    }
    let mut text = Text { plan, way, up, looks, lines: String::new(), raw: false, db: false };
    if way.steps().next().is_none() {
        text.put(2, "let _ = manager;");
    } else if way.foreign_keys_off() {
        text.rebuild();
    } else if wrapped {
        for step in way.steps() {
            text.guarded(2, step);
        }
    } else {
        for group in &way.groups {
            text.group(group);
        }
    }
    text.put(2, "Ok(())");
    text.finish()
}

fn refused(way: &DirectionPlan) -> String {
    let mut text = String::new();
    for refusal in &way.refusals {
        let (object, message) = (line(&refusal.object), line(&refusal.message));
        text.push_str(&format!("        // {object}: {message}\n"));
    }
    text.push_str("        let _ = manager;\n");
    text.push_str(
        "        Err(DbErr::Migration(\"this migration cannot be undone\".to_owned()))\n",
    );
    text
}

struct Text<'a> {
    plan: &'a Plan,
    way: &'a DirectionPlan,
    up: bool,
    looks: Looks,
    lines: String,
    /// Whether it contains SQL.
    raw: bool,
    /// Whether it uses the connection.
    db: bool,
}

impl Text<'_> {
    fn put(&mut self, depth: usize, text: &str) {
        self.lines.push_str(&format!("{}{text}\n", "    ".repeat(depth)));
    }

    /// SQL is written for one database.
    fn finish(mut self) -> String {
        let rest = std::mem::take(&mut self.lines);
        if !self.raw {
            return rest;
        }
        let dialect = self.plan.dialect;
        let (backend, title) = (dialect.sea_orm_backend(), dialect.title());
        let asked = "manager.get_database_backend()";
        self.put(2, &format!("if {asked} != sea_orm::DatabaseBackend::{backend} {{"));
        let message = format!("\"this migration is for {title}\".to_owned()");
        self.put(3, &format!("return Err(DbErr::Migration({message}));"));
        self.put(2, "}");
        if self.db {
            self.put(2, "let db = manager.get_connection();");
        }
        self.lines + &rest
    }

    fn hazards(&mut self, depth: usize, planned: &PlannedStep) {
        for hazard in &planned.hazards {
            let severity = hazard.severity.name();
            let (code, message) = (hazard.code, line(&hazard.message));
            self.put(depth, &format!("// {code} {severity}: {message}"));
            self.put(depth, &format!("//       safer: {}", line(&hazard.safer)));
        }
    }

    /// A statement with its hazards: as a builder, if one expresses it exactly.
    fn step(&mut self, depth: usize, planned: &PlannedStep) {
        self.hazards(depth, planned);
        let change = match planned.step.causes.as_slice() {
            [at] => self.way.changes.get(*at),
            _ => None,
        };
        let sql = &planned.step.sql;
        match change.and_then(|change| self.plan.dialect.builder(change, sql)) {
            Some(builder) => self.built(depth, &builder),
            None => self.statement(depth, sql),
        }
    }

    fn built(&mut self, depth: usize, builder: &Builder) {
        let (method, lines) = (builder.method, &builder.lines);
        let short = format!("manager.{method}({}.to_owned()).await?;", lines.concat());
        if lines.len() < 4 && short.len() + depth * 4 <= 100 {
            self.put(depth, &short);
            return;
        }
        self.put(depth, "manager");
        self.put(depth + 1, &format!(".{method}("));
        for (at, line) in lines.iter().enumerate() {
            self.put(depth + if at == 0 { 2 } else { 3 }, line);
        }
        self.put(depth + 3, ".to_owned(),");
        self.put(depth + 1, ")");
        self.put(depth + 1, ".await?;");
    }

    fn statement(&mut self, depth: usize, sql: &str) {
        (self.raw, self.db) = (true, true);
        let literal = literal(sql);
        if !literal.contains('\n') && literal.len() + depth * 4 <= 64 {
            self.put(depth, &format!("db.execute_unprepared({literal}).await?;"));
            return;
        }
        self.put(depth, "db.execute_unprepared(");
        self.put(depth + 1, &format!("{literal},"));
        self.put(depth, ")");
        self.put(depth, ".await?;");
    }

    /// Outside of SeaORM's transaction.
    fn group(&mut self, group: &StepGroup) {
        // A single statement is a transaction anyway.
        if group.transaction && group.steps.len() > 1 {
            self.put(2, "{");
            self.put(3, "let manager = manager.begin().await?;");
            let before = (std::mem::take(&mut self.lines), std::mem::take(&mut self.db));
            for step in &group.steps {
                self.guarded(3, step);
            }
            let steps = std::mem::replace(&mut self.lines, before.0);
            if std::mem::replace(&mut self.db, before.1) {
                self.put(3, "let db = manager.get_connection();");
            }
            self.lines.push_str(&steps);
            self.put(3, "manager.commit().await?;");
            self.put(2, "}");
            return;
        }
        for step in &group.steps {
            self.guarded(2, step);
        }
    }

    /// A statement that runs only if it has not run yet.
    fn guarded(&mut self, depth: usize, step: &PlannedStep) {
        let condition = match self.looks {
            Looks::Stopped => done::condition(self.plan, self.way, step),
            Looks::Adopted => done::looked_for(self.plan, self.way, step),
        };
        let Some(condition) = condition else { return self.step(depth, step) };
        self.put(depth, &format!("if {condition} {{"));
        self.step(depth + 1, step);
        self.put(depth, "}");
    }

    /// The statements are sent as one text, so that they run on one connection.
    fn rebuild(&mut self) {
        (self.raw, self.db) = (true, true);
        for step in self.way.steps() {
            self.hazards(2, step);
        }
        if let Some(query) = done::rebuilt(self.plan, self.up) {
            self.put(
                2,
                "// An interrupted run may have done this already, without a note by SeaORM.",
            );
            self.put(2, "let done = sea_orm::Statement::from_string(");
            self.put(3, "db.get_database_backend(),");
            self.put(3, &format!("{},", literal(&query)));
            self.put(2, ");");
            self.put(2, "if db.query_one_raw(done).await?.is_some() {");
            self.put(3, "return Ok(());");
            self.put(2, "}");
        }
        self.put(
            2,
            "// One text, so that it runs on one connection. With foreign keys on, dropping a",
        );
        self.put(
            2,
            "// table deletes the rows that reference it, and inside a transaction they cannot",
        );
        self.put(2, "// be switched off.");
        self.put(2, "let ran = db");
        self.put(3, ".execute_unprepared(");
        self.put(4, &format!("{},", literal(&rebuild_script(self.way))));
        self.put(3, ")");
        self.put(3, ".await;");
        self.put(2, "if ran.is_err() {");
        self.put(3, "let _ = db.execute_unprepared(\"ROLLBACK\").await;");
        let on = literal(other_runners::ON);
        self.put(3, &format!("let _ = db.execute_unprepared({on}).await;"));
        self.put(2, "}");
        self.put(2, "ran?;");
    }
}
