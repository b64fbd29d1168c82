//! A private, throw-away PostgreSQL: its data under `target/services`, a free
//! port on 127.0.0.1, stopped by its own data folder. Started by the first
//! test that needs it, or by `services up`; stopped some time after the last
//! test process has ended, or by `services down`.

use std::fs::{File, OpenOptions};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

/// How long a server that tests started outlives them, in seconds: the pause
/// between two test binaries of one run is shorter.
const LINGER: u32 = 30;
/// The same for a server started by hand.
const LINGER_BY_HAND: u32 = 3600;

/// The one role that needs a password, once somebody creates it.
pub const LOCKED_ROLE: &str = "autogen_locked";

/// What we know of a running server.
#[derive(Debug, Serialize, Deserialize)]
struct Running {
    port: u16,
    data: PathBuf,
    bin: PathBuf,
    /// The process that waits to stop it.
    watch: Option<u32>,
}

/// The folder of all test services.
pub fn folder() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../target"), PathBuf::from);
    std::fs::create_dir_all(target.join("services")).expect("a folder under target");
    target.join("services").canonicalize().expect("the folder that was just made")
}

/// The URL of the test server's `postgres` database: the caller's own server
/// where `AUTOGEN_TEST_POSTGRES_URL` names one, else ours.
pub fn postgres_url() -> String {
    static URL: OnceLock<String> = OnceLock::new();
    URL.get_or_init(|| match std::env::var("AUTOGEN_TEST_POSTGRES_URL") {
        Ok(url) => url,
        Err(_) => start(LINGER),
    })
    .clone()
}

/// Starts PostgreSQL by hand; gives its URL.
pub fn up() -> String {
    start(LINGER_BY_HAND)
}

/// Stops PostgreSQL, if it runs.
pub fn down() {
    let _guard = locked("start.lock");
    if let Some(running) = running() {
        let _ = stop_command(&running).status();
        let _ = std::fs::remove_dir_all(&running.data);
        if let Some(watch) = running.watch {
            let _ = Command::new("kill").args(["--", &format!("-{watch}")]).status();
        }
    }
    let _ = std::fs::remove_file(state_file());
}

fn start(linger: u32) -> String {
    // Held until the process ends: as long as anybody holds it, nobody stops
    // the server.
    static IN_USE: OnceLock<File> = OnceLock::new();
    let in_use = IN_USE.get_or_init(|| open("users.lock"));
    in_use.lock_shared().expect("a lock on the test services");
    let _guard = locked("start.lock");
    let running = running().unwrap_or_else(|| launch(linger));
    format!("postgres://postgres@127.0.0.1:{}/postgres", running.port)
}

fn open(name: &str) -> File {
    let path = folder().join(name);
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .expect("a lock file under target")
}

fn locked(name: &str) -> File {
    let file = open(name);
    file.lock().expect("a lock on the test services");
    file
}

fn state_file() -> PathBuf {
    folder().join("postgres.json")
}

/// The server that was started before, if it still answers.
fn running() -> Option<Running> {
    let text = std::fs::read_to_string(state_file()).ok()?;
    let running: Running = serde_json::from_str(&text).ok()?;
    let alive = running.data.join("postmaster.pid").exists()
        && TcpStream::connect((Ipv4Addr::LOCALHOST, running.port)).is_ok();
    alive.then_some(running)
}

/// Everybody is trusted but one role, so that a wrong password can be tried.
fn ask_for_password(data: &Path) {
    let file = data.join("pg_hba.conf");
    let rules = std::fs::read_to_string(&file).expect("initdb writes it");
    let first = format!("host all {LOCKED_ROLE} 127.0.0.1/32 scram-sha-256\n");
    std::fs::write(&file, first + &rules).expect("a file under target");
}

fn launch(linger: u32) -> Running {
    remove_leftovers();
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
    // The server keeps what it inherits, so a pipe would never end.
    start.stdout(Stdio::null()).stderr(Stdio::null());
    let status = start.status();
    assert!(
        status.is_ok_and(|status| status.success()),
        "pg_ctl start failed: {}",
        std::fs::read_to_string(data.join("log")).unwrap_or_default()
    );
    let mut running = Running { port, data, bin, watch: None };
    running.watch = watch(&running, linger);
    let text = serde_json::to_string(&running).expect("plain data");
    std::fs::write(state_file(), text).expect("a file under target");
    running
}

/// Removes the data of servers that were killed.
fn remove_leftovers() {
    let Ok(entries) = std::fs::read_dir(folder()) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with("postgres-") && !path.join("postmaster.pid").exists() {
            let _ = std::fs::remove_dir_all(&path);
        }
    }
}

/// Leaves a process behind that stops the server once nobody uses it.
fn watch(running: &Running, linger: u32) -> Option<u32> {
    let users = folder().join("users.lock");
    let state = state_file();
    let script = format!(
        "sleep {linger}; while ! flock -n -x \"$1\" sh -c \"$2\" stop \"$3\" \"$4\"; do \
         sleep 10; done"
    );
    let stop = stop_command(running);
    let mut words = vec![shell_word(&stop.get_program().to_string_lossy())];
    words.extend(stop.get_args().map(|arg| shell_word(&arg.to_string_lossy())));
    // Another server may have been started since.
    let forget = "rm -rf \"$2\"; if grep -qsF \"$2\" \"$1\"; then rm -f \"$1\"; fi";
    let spawned = Command::new("setsid")
        .args(["sh", "-c", &script, "watch"])
        .arg(users)
        .arg(format!("{}; {forget}", words.join(" ")))
        .args([&state, &running.data])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    if spawned.is_err() {
        eprintln!("no setsid here: stop the test server by `services down`");
    }
    spawned.ok().map(|child| child.id())
}

fn shell_word(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// The command that stops the server.
fn stop_command(running: &Running) -> Command {
    let mut stop = as_server_user(Path::new("sh"));
    stop.args(["-c", "\"$1\" -D \"$2\" -m immediate -w stop", "stop"]);
    stop.arg(running.bin.join("pg_ctl")).arg(&running.data);
    stop.stdout(Stdio::null()).stderr(Stdio::null());
    stop
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("the port that was just bound").port()
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

/// PostgreSQL refuses to run as root; there it runs as the user `postgres`.
fn as_server_user(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--"]).arg(program);
    command.current_dir("/");
    command
}

fn is_root() -> bool {
    static ROOT: OnceLock<bool> = OnceLock::new();
    *ROOT.get_or_init(|| {
        let output = Command::new("id").arg("-u").output();
        output.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
    })
}

/// A new folder for the data, that the server's user owns. Under `target`,
/// except where that user can't reach it: in a home folder that is closed to
/// others, it is under the system's folder for temporary files.
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
