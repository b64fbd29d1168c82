//! The live crate against real servers.
#[test]
fn works() {
    for dialect in autogen_tests::dialects() {
        let database = autogen_tests::Database::fresh(dialect);
        autogen_tests::block_on(async {
            database.run("create table t (id integer primary key, name varchar(20) default 'x' not null unique); create index i on t (name desc) where id > 3;").await;
            let connection = database.connect().await;
            println!("{:?}", connection.version());
            let schema = autogen_live::introspect(&connection, &Default::default()).await.unwrap();
            println!("{} {schema:#?}", connection.requests());
        });
    }
}
