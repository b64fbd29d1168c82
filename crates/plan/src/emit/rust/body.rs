//! The body of `up` and of `down`.

use super::{done, line, literal, rebuild_script};
use crate::plan::{Direction, Group, Plan, PlannedStep, Severity};

/// The statements of one way, eight columns in.
pub(super) fn direction(plan: &Plan, up: bool, wrapped: bool) -> String {
    let way = if up { &plan.up } else { &plan.down };
    if !way.refusals.is_empty() {
        return refused(way);
    }
    let mut text = Text { plan, way, up, lines: String::new() };
    if way.steps().next().is_none() {
        text.put(2, "let _ = manager;");
    } else if way.foreign_keys_off() {
        text.backend();
        text.rebuild();
    } else if wrapped {
        text.backend();
        text.put(2, "let db = manager.get_connection();");
        for step in way.steps() {
            text.hazards(2, step);
            text.statement(2, &step.step.sql);
        }
    } else {
        text.backend();
        for group in &way.groups {
            text.group(group);
        }
    }
    text.put(2, "Ok(())");
    text.lines
}

fn refused(way: &Direction) -> String {
    let mut text = String::new();
    for refusal in &way.refusals {
        text.push_str(&format!(
            "        // {}: {}\n",
            line(&refusal.object),
            line(&refusal.message)
        ));
    }
    text.push_str("        let _ = manager;\n");
    text.push_str("        Err(DbErr::Migration(\"there is no way back\".to_owned()))\n");
    text
}

struct Text<'a> {
    plan: &'a Plan,
    way: &'a Direction,
    up: bool,
    lines: String,
}

impl Text<'_> {
    fn put(&mut self, depth: usize, text: &str) {
        self.lines.push_str(&format!("{}{text}\n", "    ".repeat(depth)));
    }

    /// SQL is in the words of one database.
    fn backend(&mut self) {
        let (backend, title) = (self.plan.dialect.sea_orm_backend(), self.plan.dialect.title());
        self.put(
            2,
            &format!("if manager.get_database_backend() != sea_orm::DatabaseBackend::{backend} {{"),
        );
        self.put(
            3,
            &format!("return Err(DbErr::Migration(\"this migration is for {title}\".to_owned()));"),
        );
        self.put(2, "}");
    }

    fn hazards(&mut self, depth: usize, planned: &PlannedStep) {
        for hazard in &planned.hazards {
            let severity = match hazard.severity {
                Severity::Note => "note",
                Severity::Warning => "warning",
                Severity::Danger => "danger",
            };
            let (code, message) = (hazard.code, line(&hazard.message));
            self.put(depth, &format!("// {code} {severity}: {message}"));
            self.put(depth, &format!("//       safer: {}", line(&hazard.safer)));
        }
    }

    fn statement(&mut self, depth: usize, sql: &str) {
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
    fn group(&mut self, group: &Group) {
        // One statement is a transaction anyway.
        if group.transaction && group.steps.len() > 1 {
            self.put(2, "{");
            self.put(3, "let manager = manager.begin().await?;");
            self.put(3, "let db = manager.get_connection();");
            for step in &group.steps {
                self.hazards(3, step);
                self.statement(3, &step.step.sql);
            }
            self.put(3, "manager.commit().await?;");
            self.put(2, "}");
            return;
        }
        self.put(2, "let db = manager.get_connection();");
        for step in &group.steps {
            self.hazards(2, step);
            match done::condition(self.plan, self.way, step) {
                Some(condition) => {
                    self.put(2, &format!("if {condition} {{"));
                    self.statement(3, &step.step.sql);
                    self.put(2, "}");
                }
                None => self.statement(2, &step.step.sql),
            }
        }
    }

    /// The statements go to the database as one text, so that they run on one
    /// connection.
    fn rebuild(&mut self) {
        for step in self.way.steps() {
            self.hazards(2, step);
        }
        self.put(2, "let db = manager.get_connection();");
        if let Some(query) = done::rebuilt(self.plan, self.up) {
            self.put(2, "// Whether it ran, and was stopped before SeaORM noted it.");
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
            "// One text, so that it runs on one connection: with foreign keys on, dropping a",
        );
        self.put(
            2,
            "// table deletes the rows that refer to it, and within a transaction they can't be",
        );
        self.put(2, "// switched off.");
        self.put(2, "let ran = db");
        self.put(3, ".execute_unprepared(");
        self.put(4, &format!("{},", literal(&rebuild_script(self.way))));
        self.put(3, ")");
        self.put(3, ".await;");
        self.put(2, "if ran.is_err() {");
        self.put(3, "let _ = db.execute_unprepared(\"ROLLBACK\").await;");
        self.put(3, "let _ = db.execute_unprepared(\"PRAGMA foreign_keys = ON\").await;");
        self.put(2, "}");
        self.put(2, "ran?;");
    }
}
