//! What the way down of a SeaORM migration deletes, as far as its source says: by the hazards
//! that `diff` wrote into it, by SQL, and by calls of SeaORM's builders.

use autogen_dialect::{Dialect, losses, split};
use autogen_lint::LOSSES;
use syn::spanned::Spanned;
use syn::visit::Visit;
use syn::{ImplItem, Item};

use super::entries::Entry;
use super::read;

/// Methods of SeaORM's and SeaQuery's builders that delete rows or values.
const DELETING: [&str; 6] =
    ["delete", "delete_by_id", "delete_many", "drop_column", "drop_table", "truncate_table"];

/// What `down` of a migration deletes.
pub(crate) fn lost(entry: &Entry, dialect: Dialect) -> Vec<String> {
    let text = entry.file.as_deref().and_then(|file| read(file).ok());
    let parsed = text.as_deref().and_then(|text| Some((text, syn::parse_file(text).ok()?)));
    match parsed {
        Some((text, file)) => of_file(text, &file, dialect),
        None => vec!["its source can't be read, so what it deletes is unknown".to_owned()],
    }
}

fn of_file(text: &str, file: &syn::File, dialect: Dialect) -> Vec<String> {
    let mut found = Vec::new();
    for body in downs(file) {
        let mut calls = Calls { dialect, found: Vec::new() };
        calls.visit_block(body);
        found.extend(of_body(text, body, calls.found));
    }
    found.dedup();
    found
}

/// The bodies of `MigrationTrait::down`.
fn downs(file: &syn::File) -> impl Iterator<Item = &syn::Block> {
    let methods = file.items.iter().filter_map(|item| match item {
        Item::Impl(it) => Some(&it.items),
        _ => None,
    });
    methods.flatten().filter_map(|it| match it {
        ImplItem::Fn(it) if it.sig.ident == "down" => Some(&it.block),
        _ => None,
    })
}

/// The hazards of a body, and what its calls delete under no hazard. Each call ends at its
/// `.await`.
fn of_body(text: &str, body: &syn::Block, calls: Vec<Call>) -> Vec<String> {
    let range = body.span().byte_range();
    let mut calls = calls.into_iter().peekable();
    let mut found: Vec<String> = Vec::new();
    let mut at = range.start;
    for part in text.get(range).unwrap_or_default().split_inclusive(".await") {
        at += part.len();
        let hazards: Vec<(&str, &str)> = part.lines().filter_map(hazard).collect();
        let judged = hazards.iter().any(|(code, _)| LOSSES.contains(code) || *code == "BC103");
        let lost = hazards.iter().filter(|(code, _)| LOSSES.contains(code));
        let mut messages: Vec<String> = lost.map(|(_, message)| (*message).to_owned()).collect();
        while let Some(call) = calls.next_if(|call| call.at < at) {
            if !judged {
                messages.push(call.message);
            }
        }
        messages.retain(|it| !found.contains(it));
        found.extend(messages);
    }
    found
}

/// The code and the message of `// CODE danger: message`.
fn hazard(line: &str) -> Option<(&str, &str)> {
    let (head, message) = line.trim_start().strip_prefix("// ")?.split_once(": ")?;
    let (code, severity) = head.split_once(' ')?;
    ["warning", "danger"].contains(&severity).then_some((code, message))
}

/// A call that deletes something.
struct Call {
    /// Its place in the file, in bytes.
    at: usize,
    message: String,
}

struct Calls {
    dialect: Dialect,
    found: Vec<Call>,
}

impl Calls {
    fn named(&mut self, name: &syn::Ident) {
        if DELETING.iter().any(|it| name == it) {
            let (at, line) = (name.span().byte_range().start, name.span().start().line);
            self.found.push(Call { at, message: format!("`{name}` in line {line} of its file") });
        }
    }

    fn text(&mut self, text: &syn::LitStr) {
        let sql = text.value();
        let statements = split(self.dialect, &sql).statements;
        let statements: Vec<&str> = statements.iter().map(|it| it.sql.as_str()).collect();
        let at = text.span().byte_range().start;
        let lost = losses(self.dialect, &statements).into_iter();
        self.found.extend(lost.map(|it| Call { at, message: it.message }));
    }
}

impl<'ast> Visit<'ast> for Calls {
    fn visit_expr_method_call(&mut self, it: &'ast syn::ExprMethodCall) {
        self.visit_expr(&it.receiver);
        self.named(&it.method);
        it.args.iter().for_each(|it| self.visit_expr(it));
    }

    fn visit_expr_path(&mut self, it: &'ast syn::ExprPath) {
        // `Query::delete()`, `Entity::delete_many()`.
        if let Some(last) = it.path.segments.last().filter(|_| it.path.segments.len() > 1) {
            self.named(&last.ident);
        }
    }

    fn visit_lit_str(&mut self, it: &'ast syn::LitStr) {
        self.text(it);
    }

    fn visit_macro(&mut self, it: &'ast syn::Macro) {
        let mut open = vec![it.tokens.clone()];
        while let Some(tokens) = open.pop() {
            for token in tokens {
                match token {
                    proc_macro2::TokenTree::Group(group) => open.push(group.stream()),
                    proc_macro2::TokenTree::Literal(it) => {
                        if let syn::Lit::Str(text) = syn::Lit::new(it) {
                            self.text(&text);
                        }
                    }
                    proc_macro2::TokenTree::Ident(_) | proc_macro2::TokenTree::Punct(_) => {}
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn down(body: &str) -> Vec<String> {
        let text = format!(
            "impl MigrationTrait for Migration {{\n    async fn up(&self, manager: \
             &SchemaManager) {{ manager.drop_table(t).await }}\n    async fn down(&self, manager: \
             &SchemaManager) {{\n{body}\n    }}\n}}\n"
        );
        match syn::parse_file(&text) {
            Ok(file) => of_file(&text, &file, Dialect::Postgres),
            Err(error) => vec![error.to_string()],
        }
    }

    #[test]
    fn what_a_migration_deletes() {
        assert_eq!(
            down("manager.drop_table(Table::drop().table(\"t\").to_owned()).await"),
            ["`drop_table` in line 4 of its file"]
        );
        assert_eq!(
            down(
                "// DL101 danger: all rows of t are lost\nmanager.drop_table(t).await?;\ndb.\
                  execute_unprepared(\"DROP TABLE \\\"t\\\"; DELETE FROM u\").await"
            ),
            ["all rows of t are lost", "rows of u are deleted"]
        );
        assert_eq!(
            down(
                "// BC103 warning: code that still uses t.g will fail\nmanager.alter_table(\
                  Table::alter().drop_column(\"g\").to_owned()).await?;\nlet x = Query::delete();"
            ),
            ["`delete` in line 6 of its file"]
        );
        assert_eq!(down("db.execute(format!(\"drop table t\")).await"), ["all rows of t are lost"]);
        assert_eq!(down("manager.drop_index(i).await?; Ok(())"), [""; 0]);
    }
}
