//! Shared parts of MariaDB and MySQL as servers.

use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::packages::loader;
use super::{Launched, fetches, folder, free_port, is_root, pid_file, words};

/// How long a server may take to start.
const PATIENCE: Duration = Duration::from_secs(120);

/// Stops the server with the data `$1`, by the process that it recorded, and only if that
/// process still is the server.
const STOP: &str = r#"p=$(cat "$1/postmaster.pid") || exit 0
line=$(tr '\0' ' ' <"/proc/$p/cmdline" 2>/dev/null || ps -p "$p" -o args=)
case $line in *"$1"*) kill -9 "$p"; while kill -0 "$p" 2>/dev/null; do sleep 0.1; done ;; esac"#;

/// Starts the command after `$1`, and creates `$1` once it has ended.
const START: &str = r#"ended=$1; shift
if command -v setsid >/dev/null; then set -- setsid "$@"; fi
("$@"; : >"$ended") &"#;

/// Who may log in, over TCP: with `skip-name-resolve` the host cannot be a name.
const USERS: &str = "create user if not exists 'root'@'127.0.0.1';\n\
                     grant all privileges on *.* to 'root'@'127.0.0.1' with grant option;\n";

/// A server's program, ready for arguments.
pub(crate) struct Program {
    command: Vec<PathBuf>,
    /// The folder above `share`.
    base: PathBuf,
    /// The folder of messages and character sets.
    share: PathBuf,
}

impl Program {
    /// An installed one.
    pub(crate) fn installed(program: PathBuf) -> Self {
        let base = program.parent().and_then(Path::parent).unwrap_or(Path::new("/usr"));
        let share = ["share/mariadb", "share/mysql"].map(|name| base.join(name));
        let share = share.into_iter().find(|it| it.join("charsets").exists());
        let (base, share) = (base.to_path_buf(), share.unwrap_or_else(|| base.join("share")));
        Self { command: vec![program], base, share }
    }

    /// One that was unpacked under a root, with the libraries that it was built against.
    pub(crate) fn unpacked(root: &Path, program: &str) -> Result<Self, String> {
        let (loader, path) = loader(root)?;
        let command =
            vec![loader, "--library-path".into(), path.into(), root.join("usr/sbin").join(program)];
        Ok(Self { command, base: root.join("usr"), share: root.join("usr/share/mysql") })
    }

    /// The folder of messages, character sets, and the SQL of system tables.
    pub(crate) fn share(&self) -> &Path {
        &self.share
    }

    /// The program with its fixed arguments.
    pub(crate) fn command(&self, data: &Path) -> Command {
        let (program, arguments) = self.command.split_first().expect("a program");
        let mut command = Command::new(program);
        command.args(arguments).arg("--no-defaults");
        let mut set = |key: &str, value: &Path| {
            command.arg(format!("--{key}={}", value.display()));
        };
        set("datadir", data);
        // Another server that starts deletes the temporary tables that it finds.
        set("tmpdir", data);
        set("basedir", &self.base);
        set("lc-messages-dir", &self.share);
        set("character-sets-dir", &self.share.join("charsets"));
        if is_root() {
            command.arg("--user=root");
        }
        command
    }

    /// Starts the server on prepared data, with settings for speed: its data is discarded.
    pub(crate) fn start(&self, data: PathBuf, options: &[&str]) -> Launched {
        let port = free_port();
        let (log, users) = (data.join("log"), data.join("users.sql"));
        std::fs::write(&users, USERS).expect("a file under target");
        let mut command = self.command(&data);
        let mut set = |key: &str, value: &str| {
            command.arg(format!("--{key}={value}"));
        };
        set("port", &port.to_string());
        set("bind-address", "127.0.0.1");
        set("socket", &socket().display().to_string());
        set("pid-file", &pid_file(&data).display().to_string());
        set("init-file", &users.display().to_string());
        set("log-error", &log.display().to_string());
        set("character-set-server", "utf8mb4");
        set("max-connections", "200");
        set("innodb-buffer-pool-size", "128M");
        set("innodb-flush-log-at-trx-commit", "0");
        set("innodb-doublewrite", "OFF");
        set("innodb-flush-method", "nosync");
        set("performance-schema", "OFF");
        set("secure-file-priv", "");
        command.args(["--skip-name-resolve", "--skip-log-bin"]).args(options);
        // In a separate session, so that interrupting the tests does not stop it for other tests.
        let ended = data.join("ended");
        let status = Command::new("sh")
            .args(["-c", START, "start"])
            .arg(&ended)
            .args(words(&command))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        assert!(status.is_ok_and(|it| it.success()), "no shell to start a server with");
        let begun = Instant::now();
        // It listens once it has read the file of users.
        while !pid_file(&data).exists() || TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err()
        {
            assert!(
                !ended.exists() && begun.elapsed() < PATIENCE,
                "the server does not start:\n{}",
                std::fs::read_to_string(&log).unwrap_or_default()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
        let mut stop = ["sh", "-c", STOP, "stop"].map(str::to_owned).to_vec();
        stop.push(data.display().to_string());
        Launched { port, data, stop }
    }
}

/// Its socket. Paths of sockets must be short, so it is not among the data.
fn socket() -> PathBuf {
    std::env::temp_dir().join(format!("autogen-{}-{}.sock", std::process::id(), free_port()))
}

/// A new folder for the data.
pub(crate) fn data_folder(name: &str) -> PathBuf {
    let data = folder().join(format!("{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&data);
    std::fs::create_dir_all(&data).expect("a folder under target");
    data
}

/// The first installed program of these names.
pub(crate) fn installed(names: &[&str]) -> Option<PathBuf> {
    if fetches() {
        return None;
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path)
        .chain(["/usr/sbin", "/usr/local/sbin", "/usr/libexec"].map(PathBuf::from))
        .collect();
    names.iter().flat_map(|name| folders.iter().map(move |it| it.join(name))).find(|it| it.exists())
}
