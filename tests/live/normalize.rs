//! Normalizing expressions on the server.

use std::sync::Arc;

use autogen_dialect::{Answer, Dialect, ExpressionRole, Question};
use autogen_live::{Scope, introspect, normalize};
use autogen_schema::{
    Column, ColumnType, Default, EnumType, Expr, IndexKey, IntWidth, Name, Schema, Table,
};
use autogen_tests::{Database, block_on};

use crate::{table, wanted};

fn ask(database: &Database, schema: &Schema, questions: &[(ExpressionRole, &str)]) -> Vec<Answer> {
    let table = schema.tables.values().next().expect("a table");
    let questions: Vec<Question> = questions
        .iter()
        .map(|(role, expr)| Question {
            table: Table::clone(table),
            role: role.clone(),
            expr: Expr::new(*expr),
        })
        .collect();
    block_on(async {
        let connection = database.connect().await;
        let answers = normalize(&connection, schema, &questions).await.expect("answers");
        connection.close().await;
        answers
    })
}

fn text(answer: &Answer) -> &str {
    answer.as_ref().map_or("refused", Expr::as_str)
}

fn users() -> Schema {
    let mut schema = Schema::default();
    schema.add_enum(EnumType {
        name: "mood".into(),
        values: vec!["sad".into(), "it's".into()],
        comment: None,
    });
    let mut users = Table::new("users");
    users.columns = vec![
        Column::new("id", ColumnType::int(IntWidth::Regular)),
        Column::new("name", ColumnType::Varchar(Some(20))),
        Column::new("Age", ColumnType::int(IntWidth::Regular)),
        Column::new("m", ColumnType::Enum("mood".into())),
        Column::new("j", ColumnType::Json),
        Column::new("gen", ColumnType::text()),
    ];
    schema.add_table(users);
    schema
}

fn default(column: &str) -> ExpressionRole {
    ExpressionRole::Default { column: column.into() }
}

#[test]
fn postgres_answers() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    let database = Database::fresh(Dialect::Postgres);
    let generated = ExpressionRole::Generated { column: "gen".into() };
    let asked = [
        (ExpressionRole::Check, "name IN ('a','b') and users.\"Age\">=0"),
        (default("name"), "'x'"),
        (default("m"), "'it''s'"),
        (default("id"), "(1+2)"),
        (generated, "upper(name)"),
        (ExpressionRole::IndexExpression, "lower(name)"),
        (ExpressionRole::IndexExpression, "j->'a'"),
        (ExpressionRole::IndexPredicate, "m='sad' AND name is not null"),
        // Rejected ones, each separately.
        (ExpressionRole::Check, "no_such_column > 1"),
        (ExpressionRole::Check, "id > 1; drop table users"),
        (ExpressionRole::Check, "id > 1) , add constraint x check (true"),
        (ExpressionRole::Check, "id > ("),
        (ExpressionRole::Check, "id > '"),
        (default("nothing"), "1"),
        (default("m"), "'no such label'"),
        (ExpressionRole::Check, "id > 1 -- a remark"),
        (ExpressionRole::Check, "id between 1 and 5"),
    ];
    let answers = ask(&database, &users(), &asked);
    let texts: Vec<&str> = answers.iter().map(text).collect();
    assert_eq!(
        texts,
        [
            "((name)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[])) AND (\"Age\" >= 0)",
            "'x'::character varying",
            "'it''s'::mood",
            "1 + 2",
            "upper((name)::text)",
            "lower((name)::text)",
            "j -> 'a'::text",
            "(m = 'sad'::mood) AND (name IS NOT NULL)",
            "refused",
            "refused",
            "refused",
            "refused",
            "refused",
            "refused",
            "refused",
            "refused",
            "(id >= 1) AND (id <= 5)",
        ]
    );
    let reason = answers[8].as_ref().expect_err("refused");
    assert!(reason.contains("no_such_column"), "{reason}");
    block_on(async {
        let connection = database.connect().await;
        let schema = introspect(&connection, &Scope::default()).await.unwrap();
        assert_eq!(schema, Schema::default(), "nothing is left behind");
    });
}

/// The server's answer is what introspection then reads.
#[test]
fn answers_are_what_introspection_reads() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    let database = Database::fresh(Dialect::Postgres);
    let check = "name like 'a%' or (m = 'sad' and \"Age\" between 1 and 9)";
    let index = "coalesce(name, 'x') || id";
    let predicate = "m in ('sad') and not (id > 3)";
    let when = "date '2020-01-01' + interval '1 day 2 hours'";
    block_on(database.run(&format!(
        "create type mood as enum ('sad', 'it''s');
         create table users (id int, name varchar(20), \"Age\" int, m mood default lower('SAD')::mood,
            j json, gen text generated always as (name || '!') stored, at timestamp default ({when}),
            constraint c check ({check}));
         create index e on users (({index}));
         create index p on users (id) where {predicate};",
    )));
    let mut schema = users();
    let users = schema.tables.values_mut().next().map(Arc::make_mut).unwrap();
    users.columns.push(Column::new("at", ColumnType::DateTime { precision: None }));
    let answers = ask(
        &database,
        &schema,
        &[
            (ExpressionRole::Check, check),
            (ExpressionRole::IndexExpression, index),
            (ExpressionRole::IndexPredicate, predicate),
            (ExpressionRole::Generated { column: "gen".into() }, "name || '!'"),
            (default("m"), "lower('SAD')::mood"),
            (default("at"), when),
        ],
    );
    let read = block_on(async {
        let connection = database.connect().await;
        introspect(&connection, &Scope::default()).await.unwrap()
    });
    let users = table(&read, "users");
    let answer = |at: usize| answers[at].clone().expect("an answer");
    assert_eq!(answer(0), users.checks[0].expr);
    let named = |name: &str| users.indexes.iter().find(|it| it.name == Name::exact(name)).unwrap();
    assert_eq!(IndexKey::Expression(answer(1)), named("e").parts[0].key);
    assert_eq!(Some(answer(2)), named("p").predicate);
    assert_eq!(answer(3), users.column("gen").unwrap().generated.clone().unwrap().expr);
    let default_of = |name: &str| users.column(name).unwrap().default.clone().unwrap();
    assert_eq!(Default::Expression(answer(4)), default_of("m"));
    assert_eq!(Default::Expression(answer(5)), default_of("at"));
}

/// A role that may not create temporary tables gets rejections, not an error.
#[test]
fn without_the_right_to_ask() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    let database = Database::fresh(Dialect::Postgres);
    let name = database.url().rsplit_once('/').unwrap().1.to_owned();
    let role = format!("autogen_mute_{}", std::process::id());
    block_on(async {
        database
            .run(&format!(
                "drop role if exists {role}; create role {role} login;
                 revoke temporary on database {name} from public"
            ))
            .await;
        let connection = autogen_live::Connection::connect(&database.url_as(&role)).await.unwrap();
        let schema = users();
        let question = Question {
            table: table(&schema, "users").clone(),
            role: ExpressionRole::Check,
            expr: "id > 0".into(),
        };
        let answers = normalize(&connection, &schema, &[question]).await.unwrap();
        assert!(answers[0].is_err());
        connection.close().await;
        database.run(&format!("drop role {role}")).await;
    });
}

#[test]
fn sqlite_keeps_what_it_is_told() {
    if !wanted(Dialect::Sqlite) {
        return;
    }
    let database = Database::fresh(Dialect::Sqlite);
    let answers = ask(&database, &users(), &[(ExpressionRole::Check, " ((id>1)) ")]);
    assert_eq!(text(&answers[0]), "id>1");
}
