//! What a script deletes: by its hazards, and by its statements.

use autogen_dialect::{Dialect, losses};

use super::Script;

impl Script {
    /// The rows and values that are lost, each once, in the order of the statements. `rules` are
    /// the hazards that mean a loss.
    pub fn losses(&self, dialect: Dialect, rules: &[&str]) -> Vec<String> {
        let statements: Vec<&str> = self.statements().map(String::as_str).collect();
        let declared = self.hazards.iter().filter(|it| rules.contains(&it.code.as_str()));
        let declared = declared.map(|it| (it.statement, it.message.clone()));
        let found = losses(dialect, &statements).into_iter();
        // Where a hazard is about what running code misses, the values are not the point: they
        // are computed.
        let found = found.filter(|it| !self.has_hazard(it.statement, "BC103"));
        let mut all: Vec<(usize, String)> =
            declared.chain(found.map(|it| (it.statement, it.message))).collect();
        all.sort_by_key(|(statement, _)| *statement);
        let mut messages: Vec<String> = Vec::new();
        for (_, message) in all {
            if !messages.contains(&message) {
                messages.push(message);
            }
        }
        messages
    }

    fn has_hazard(&self, statement: usize, code: &str) -> bool {
        self.hazards.iter().any(|it| it.statement == statement && it.code == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lost(text: &str) -> Vec<String> {
        let script = Script::parse(text, Dialect::Postgres).unwrap_or_default();
        script.losses(Dialect::Postgres, &["DL101", "DL102", "DL104"])
    }

    #[test]
    fn hazards_and_statements_say_it_once() {
        let text = "-- DL104 danger: values of t.a may not fit\nalter table t alter a type int;\n\
                    -- DL101 danger: all rows of t are lost\ndrop table t;\ndelete from u;\n";
        let expected =
            ["values of t.a may not fit", "all rows of t are lost", "rows of u are deleted"];
        assert_eq!(lost(text), expected);
    }

    #[test]
    fn what_fails_or_is_computed_is_not_lost() {
        let text = "-- DD101 danger: fails if t has rows\nalter table t add b int not null;\n\
                    -- BC103 warning: code that still uses t.g will fail\n\
                    alter table t drop column g;\n";
        assert_eq!(lost(text), [""; 0]);
    }
}
