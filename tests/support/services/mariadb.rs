//! MariaDB: an installed one, or this system's own package, unpacked under `target`.

use std::path::Path;
use std::process::Stdio;

use super::family::{Program, data_folder, installed};
use super::packages::Package;
use super::{Launched, Service, folder};

pub(crate) const SERVICE: Service = Service {
    name: "mariadb",
    variable: "AUTOGEN_TEST_MARIADB_URL",
    launch,
    url: |port| format!("mysql://root@127.0.0.1:{port}/mysql"),
};

const PACKAGE: Package = Package { folder: "mariadb", name: "mariadb-server-core", suite: None };

fn program() -> Program {
    if let Some(program) = installed(&["mariadbd"]) {
        return Program::installed(program);
    }
    let unpacked =
        PACKAGE.unpacked(&folder()).and_then(|root| Program::unpacked(&root, "mariadbd"));
    unpacked.unwrap_or_else(|reason| {
        panic!(
            "no MariaDB to test with: install it (apt-get install mariadb-server, brew install \
             mariadb), or set {} to a server of yours, or leave it out with \
             AUTOGEN_TEST_DATABASES=sqlite\n{reason}",
            SERVICE.variable
        )
    })
}

fn launch() -> Launched {
    let program = program();
    let data = data_folder(SERVICE.name);
    make_system_tables(&program, &data);
    program.start(data, &["--collation-server=utf8mb4_general_ci"])
}

/// The steps of mariadb-install-db, which looks for its files in fixed places.
fn make_system_tables(program: &Program, data: &Path) {
    std::fs::create_dir_all(data.join("mysql")).expect("a folder under target");
    let mut sql = "use mysql;\n".to_owned();
    for file in [
        "mysql_system_tables.sql",
        "mysql_performance_tables.sql",
        "mysql_system_tables_data.sql",
        "maria_add_gis_sp_bootstrap.sql",
    ] {
        // Newer versions use their own name.
        let names = [file.to_owned(), file.replacen("mysql_", "mariadb_", 1)];
        let texts = names.map(|name| std::fs::read_to_string(program.share().join(name)));
        let text = texts.into_iter().find_map(Result::ok);
        sql.push_str(&text.unwrap_or_else(|| panic!("MariaDB without its {file}")));
    }
    let script = data.join("bootstrap.sql");
    std::fs::write(&script, sql).expect("a file under target");
    let mut command = program.command(data);
    command.args(["--bootstrap", "--max-allowed-packet=8M", "--net-buffer-length=16K"]);
    command.stdin(Stdio::from(std::fs::File::open(script).expect("the file just written")));
    let output = command.output().expect("the server's program");
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "MariaDB's system tables can't be made:\n{words}");
}
