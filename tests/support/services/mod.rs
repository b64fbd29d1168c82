//! Private, throw-away database servers: their data under `target/services`, a free port on
//! 127.0.0.1, stopped by their own process. Started by the first test that needs them, or by
//! `services up`; stopped some time after the last test process has ended, or by `services
//! down`.

mod family;
mod mariadb;
mod mysql;
mod packages;
mod postgres;
mod versions;

use std::fs::{File, OpenOptions};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, OnceLock};

use autogen_dialect::Dialect;
use serde::{Deserialize, Serialize};

use crate::target;

pub use postgres::binaries;

/// How long a server that tests started outlives them, in seconds: longer than the pause
/// between two test binaries of one run.
const LINGER: u32 = 30;
/// The same for a server started by hand.
const LINGER_BY_HAND: u32 = 3600;

/// The one role that needs a password, once somebody creates it.
pub const LOCKED_ROLE: &str = "autogen_locked";

/// A kind of server that the tests can start.
pub(crate) struct Service {
    /// The dialect's name.
    name: &'static str,
    /// The variable that names the caller's own server.
    variable: &'static str,
    /// Starts it with new data.
    launch: fn() -> Launched,
    /// The URL of the database that every server has.
    url: fn(u16) -> String,
}

/// A newly started server.
pub(crate) struct Launched {
    port: u16,
    data: PathBuf,
    /// The program that stops it, and its arguments.
    stop: Vec<String>,
}

/// The data of a running server.
#[derive(Debug, Serialize, Deserialize)]
struct Running {
    port: u16,
    data: PathBuf,
    stop: Vec<String>,
    /// The process that waits to stop it.
    watch: Option<u32>,
}

/// The folder of all test services.
pub fn folder() -> PathBuf {
    let folder = target().join("services");
    std::fs::create_dir_all(&folder).expect("a folder under target");
    folder
}

/// The server of a dialect; SQLite needs none.
fn service(dialect: Dialect) -> Option<&'static Service> {
    match dialect {
        Dialect::Sqlite => None,
        Dialect::Postgres => Some(&postgres::SERVICE),
        Dialect::Mysql => Some(&mysql::SERVICE),
        Dialect::Mariadb => Some(&mariadb::SERVICE),
    }
}

/// The environment variable that names a server of the caller's own.
pub fn variable(dialect: Dialect) -> Option<&'static str> {
    service(dialect).map(|service| service.variable)
}

/// The URL of the test server's own database: the caller's server if the environment names
/// one, otherwise ours, which is started if it is not running. `None` if the dialect has no
/// servers.
pub fn url(dialect: Dialect) -> Option<String> {
    static URLS: Mutex<Vec<(Dialect, String)>> = Mutex::new(Vec::new());
    let service = service(dialect)?;
    let mut urls = URLS.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some((_, url)) = urls.iter().find(|(known, _)| *known == dialect) {
        return Some(url.clone());
    }
    let url = std::env::var(service.variable).unwrap_or_else(|_| start(service, LINGER));
    urls.push((dialect, url.clone()));
    Some(url)
}

/// Starts a server by hand; returns its variable and its URL.
pub fn up(dialect: Dialect) -> Option<(&'static str, String)> {
    let service = service(dialect)?;
    Some((service.variable, start(service, LINGER_BY_HAND)))
}

/// Stops a server, if it runs.
pub fn down(dialect: Dialect) {
    let Some(service) = service(dialect) else { return };
    let _guard = locked(&format!("start-{}.lock", service.name));
    if let Some(running) = running(service) {
        let _ = stop_command(&running).status();
        let _ = std::fs::remove_dir_all(&running.data);
        if let Some(watch) = running.watch {
            let _ = Command::new("kill").args(["--", &format!("-{watch}")]).status();
        }
    }
    let _ = std::fs::remove_file(state_file(service));
}

fn start(service: &Service, linger: u32) -> String {
    // Held until the process ends: while it is held, nobody stops a server.
    static IN_USE: OnceLock<File> = OnceLock::new();
    let in_use = IN_USE.get_or_init(|| open("users.lock"));
    in_use.lock_shared().expect("a lock on the test services");
    let _guard = locked(&format!("start-{}.lock", service.name));
    let running = running(service).unwrap_or_else(|| launch(service, linger));
    (service.url)(running.port)
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

/// Each version has a server of its own.
fn state_file(service: &Service) -> PathBuf {
    let version = versions::wanted().filter(|_| service.name == postgres::SERVICE.name);
    let version = version.map_or_else(String::new, |version| format!(".{version}"));
    folder().join(format!("{}{version}.json", service.name))
}

/// The server that was started before, if it still answers.
fn running(service: &Service) -> Option<Running> {
    let text = std::fs::read_to_string(state_file(service)).ok()?;
    let running: Running = serde_json::from_str(&text).ok()?;
    let alive = pid_file(&running.data).exists()
        && TcpStream::connect((Ipv4Addr::LOCALHOST, running.port)).is_ok();
    alive.then_some(running)
}

/// Every server stores its process's number with its data.
pub(crate) fn pid_file(data: &Path) -> PathBuf {
    data.join("postmaster.pid")
}

fn launch(service: &Service, linger: u32) -> Running {
    remove_leftovers(service);
    let Launched { port, data, stop } = (service.launch)();
    let mut running = Running { port, data, stop, watch: None };
    running.watch = watch(service, &running, linger);
    let text = serde_json::to_string(&running).expect("plain data");
    std::fs::write(state_file(service), text).expect("a file under target");
    running
}

/// Removes the data of servers that were killed.
fn remove_leftovers(service: &Service) {
    let Ok(entries) = std::fs::read_dir(folder()) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with(&format!("{}-", service.name)) && !pid_file(&path).exists() {
            let _ = std::fs::remove_dir_all(&path);
        }
    }
}

/// Leaves a process behind that stops the server once it is unused.
fn watch(service: &Service, running: &Running, linger: u32) -> Option<u32> {
    let users = folder().join("users.lock");
    let state = state_file(service);
    let script = format!(
        "sleep {linger}; while ! flock -n -x \"$1\" sh -c \"$2\" stop \"$3\" \"$4\"; do \
         sleep 10; done"
    );
    let words: Vec<String> = running.stop.iter().map(|word| shell_word(word)).collect();
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
    let (program, arguments) = running.stop.split_first().expect("a command");
    let mut stop = Command::new(program);
    stop.args(arguments).current_dir("/").stdout(Stdio::null()).stderr(Stdio::null());
    stop
}

/// The words of a command, to be stored.
pub(crate) fn words(command: &Command) -> Vec<String> {
    let program = std::iter::once(command.get_program());
    program.chain(command.get_args()).map(|word| word.to_string_lossy().into_owned()).collect()
}

pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("the port that was just bound").port()
}

/// Whether servers are fetched though some are installed.
pub(crate) fn fetches() -> bool {
    std::env::var_os("AUTOGEN_TEST_FETCH").is_some()
}

pub(crate) fn is_root() -> bool {
    static ROOT: OnceLock<bool> = OnceLock::new();
    *ROOT.get_or_init(|| {
        let output = Command::new("id").arg("-u").output();
        output.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
    })
}
