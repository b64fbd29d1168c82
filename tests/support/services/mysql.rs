//! MySQL: an installed one, or the package of Debian's unstable suite, unpacked under
//! `target` with the libraries that it was built against.

use super::family::{Program, data_folder, installed};
use super::packages::Package;
use super::{Launched, Service, folder};

pub(crate) const SERVICE: Service = Service {
    name: "mysql",
    variable: "AUTOGEN_TEST_MYSQL_URL",
    launch,
    url: |port| format!("mysql://root@127.0.0.1:{port}/mysql"),
};

const PACKAGE: Package = Package { folder: "mysql", name: "mysql-server-core", suite: Some("sid") };

fn program() -> Program {
    // If MariaDB is installed, `mysqld` is another name for it.
    if let Some(program) = installed(&["mysqld"]).filter(|_| installed(&["mariadbd"]).is_none()) {
        return Program::installed(program);
    }
    let unpacked = PACKAGE.unpacked(&folder()).and_then(|root| Program::unpacked(&root, "mysqld"));
    unpacked.unwrap_or_else(|reason| {
        panic!(
            "no MySQL to test with: install it (apt-get install mysql-server-core, brew install \
             mysql), or set {} to a server of yours (docker run -e MYSQL_ALLOW_EMPTY_PASSWORD=1 \
             -p 3306:3306 mysql:9), or leave it out with AUTOGEN_TEST_DATABASES=sqlite\n{reason}",
            SERVICE.variable
        )
    })
}

fn launch() -> Launched {
    let program = program();
    let data = data_folder(SERVICE.name);
    let output = program
        .command(&data)
        .args(["--initialize-insecure", "--innodb-redo-log-capacity=16M"])
        .output()
        .expect("the server's program");
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "MySQL's system tables can't be made:\n{words}");
    program.start(data, &["--mysqlx=OFF", "--innodb-redo-log-capacity=16M"])
}
