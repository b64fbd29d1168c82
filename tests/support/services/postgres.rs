//! PostgreSQL: an installed one.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{LOCKED_ROLE, Launched, Service, folder, free_port, is_root, words};

pub(crate) const SERVICE: Service = Service {
    name: "postgres",
    variable: "AUTOGEN_TEST_POSTGRES_URL",
    launch,
    url: |port| format!("postgres://postgres@127.0.0.1:{port}/postgres"),
};

/// Everybody is trusted except one role, so that a wrong password can be tested.
fn ask_for_password(data: &Path) {
    let file = data.join("pg_hba.conf");
    let rules = std::fs::read_to_string(&file).expect("initdb writes it");
    let first = format!("host all {LOCKED_ROLE} 127.0.0.1/32 scram-sha-256\n");
    std::fs::write(&file, first + &rules).expect("a file under target");
}

fn launch() -> Launched {
    let bin = binaries();
    let data = data_folder();
    let succeed = |mut command: Command, what: &str| {
        let output = command.output();
        let output = output.unwrap_or_else(|error| panic!("{what} does not start: {error}"));
        assert!(
            output.status.success(),
            "{what} failed: {}{}",
            String::from_utf8_lossy(&output.stderr),
            std::fs::read_to_string(data.join("log")).unwrap_or_default()
        );
    };
    let mut initdb = as_server_user(&bin.join("initdb"));
    initdb.args(["-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "-N", "-D"]);
    initdb.arg(&data);
    succeed(initdb, "initdb");
    ask_for_password(&data);

    let port = free_port();
    let options = format!(
        "-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off \
         -c full_page_writes=off -c synchronous_commit=off -c max_connections=200"
    );
    let mut start = as_server_user(&bin.join("pg_ctl"));
    start.args(["-w", "-o", &options, "-l"]).arg(data.join("log"));
    start.arg("-D").arg(&data).arg("start");
    // The server keeps inherited pipes open, so a pipe would never end.
    start.stdout(Stdio::null()).stderr(Stdio::null());
    let status = start.status();
    assert!(
        status.is_ok_and(|status| status.success()),
        "pg_ctl start failed: {}",
        std::fs::read_to_string(data.join("log")).unwrap_or_default()
    );
    let stop = words(&stop_command(&bin, &data));
    Launched { port, data, stop }
}

/// The command that stops the server.
fn stop_command(bin: &Path, data: &Path) -> Command {
    let mut stop = as_server_user(Path::new("sh"));
    stop.args(["-c", "\"$1\" -D \"$2\" -m immediate -w stop", "stop"]);
    stop.arg(bin.join("pg_ctl")).arg(data);
    stop
}

/// Where `initdb`, `pg_ctl` and `pg_dump` are.
pub fn binaries() -> PathBuf {
    let mut candidates: Vec<PathBuf> = Vec::new();
    if let Ok(output) = Command::new("pg_config").arg("--bindir").output() {
        candidates.push(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()));
    }
    let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|entries| entries.flatten().map(|entry| entry.path().join("bin")).collect())
        .unwrap_or_default();
    versions.sort();
    candidates.extend(versions.into_iter().rev());
    let path = std::env::var_os("PATH").unwrap_or_default();
    candidates.extend(std::env::split_paths(&path));
    candidates.into_iter().find(|folder| folder.join("initdb").exists()).unwrap_or_else(|| {
        panic!(
            "no PostgreSQL to test with: install it (apt-get install postgresql, brew install \
             postgresql), or set AUTOGEN_TEST_POSTGRES_URL to a server of yours, or leave it \
             out with AUTOGEN_TEST_DATABASES=sqlite"
        )
    })
}

/// PostgreSQL refuses to run as root; then it runs as the user `postgres`.
fn as_server_user(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--"]).arg(program);
    command.current_dir("/");
    command
}

/// A new folder for the data, owned by the server's user. Under `target`, unless that user
/// cannot reach it: in a private home folder, it is under the system's folder for temporary
/// files.
fn data_folder() -> PathBuf {
    let name = format!("postgres-{}", std::process::id());
    for parent in [folder(), std::env::temp_dir().join("autogen-services")] {
        let data = parent.join(&name);
        let _ = std::fs::remove_dir_all(&data);
        std::fs::create_dir_all(&data).expect("a folder for the server's data");
        if !is_root() {
            return data;
        }
        let owned = Command::new("chown").arg("postgres").arg(&data).status();
        let reachable = as_server_user(Path::new("test")).arg("-w").arg(&data).status();
        if owned.is_ok_and(|it| it.success()) && reachable.is_ok_and(|it| it.success()) {
            return data;
        }
        let _ = std::fs::remove_dir_all(&data);
    }
    panic!("the user postgres, as whom the test server runs, has no folder to write to")
}
