//! A pooler that gives each transaction any free session: a minimal one, which is refused.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use autogen_dialect::Dialect;

use crate::models::BLOG;
use crate::project::{Project, wanted};

/// The order of the free sessions.
#[derive(Clone, Copy, PartialEq)]
enum Turn {
    /// The one that was used last.
    Last,
    /// The one that was unused for the longest time.
    Next,
    /// Each client keeps its own, as in session mode.
    Own,
}

/// The sessions of the server that are free.
struct Pool {
    free: Mutex<Vec<TcpStream>>,
    turn: Turn,
    server: String,
    greeting: Vec<u8>,
}

impl Pool {
    fn take(&self) -> TcpStream {
        let mut free = self.free.lock().expect("the pool");
        match self.turn {
            Turn::Next if !free.is_empty() => free.remove(0),
            Turn::Last | Turn::Next | Turn::Own => match free.pop() {
                Some(session) => session,
                None => log_in(&self.server, &self.greeting),
            },
        }
    }

    fn give_back(&self, session: TcpStream) {
        self.free.lock().expect("the pool").push(session);
    }
}

/// A message: its kind and all its bytes.
fn message(stream: &mut TcpStream) -> Option<(u8, Vec<u8>)> {
    let mut head = [0; 5];
    stream.read_exact(&mut head).ok()?;
    let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]) as usize;
    let mut whole = head.to_vec();
    whole.resize(length + 1, 0);
    stream.read_exact(&mut whole[5..]).ok()?;
    Some((head[0], whole))
}

/// The first message of a client, which has no kind.
fn greeting(client: &mut TcpStream) -> Option<Vec<u8>> {
    loop {
        let mut length = [0; 4];
        client.read_exact(&mut length).ok()?;
        let mut whole = length.to_vec();
        whole.resize(u32::from_be_bytes(length) as usize, 0);
        client.read_exact(&mut whole[4..]).ok()?;
        // A request for TLS is rejected.
        if whole.len() == 8 {
            client.write_all(b"N").ok()?;
            continue;
        }
        return Some(whole);
    }
}

/// A session of the server, until it is ready.
fn log_in(server: &str, greeting: &[u8]) -> TcpStream {
    let mut session = TcpStream::connect(server).expect("the server");
    session.write_all(greeting).expect("a greeting");
    while message(&mut session).expect("the server lets us in").0 != b'Z' {}
    session
}

fn serve(pool: &Pool, mut client: TcpStream) -> Option<()> {
    let _ = greeting(&mut client)?;
    // Login accepted; a made-up session number; ready.
    client.write_all(b"R\0\0\0\x08\0\0\0\0K\0\0\0\x0c\0\0\0\x07\0\0\0\x07Z\0\0\0\x05I").ok()?;
    let mut held: Option<TcpStream> = None;
    while let Some((kind, bytes)) = message(&mut client) {
        if kind == b'X' {
            break;
        }
        let mut session = held.take().unwrap_or_else(|| pool.take());
        session.write_all(&bytes).ok()?;
        let mut state = b'T';
        // After a query or the end of a batch, forwards the answer until the server is ready.
        if kind == b'Q' || kind == b'S' {
            loop {
                let (kind, answer) = message(&mut session)?;
                client.write_all(&answer).ok()?;
                if kind == b'Z' {
                    state = answer[5];
                    break;
                }
            }
        }
        match state == b'I' && pool.turn != Turn::Own {
            true => pool.give_back(session),
            false => held = Some(session),
        }
    }
    Some(())
}

/// Starts a pooler with some sessions, and returns the URL that goes through it.
fn pooler(url: &str, turn: Turn, sessions: usize) -> String {
    let (_, rest) = url.split_once("://").expect("a URL");
    let (user, rest) = rest.split_once('@').expect("a user");
    let (server, database) = rest.split_once('/').expect("a database");
    let mut greeting = vec![0, 0, 0, 0, 0, 3, 0, 0];
    for word in ["user", user, "database", database] {
        greeting.extend_from_slice(word.as_bytes());
        greeting.push(0);
    }
    greeting.push(0);
    let length = u32::try_from(greeting.len()).expect("a short greeting").to_be_bytes();
    greeting[..4].copy_from_slice(&length);
    let free = (0..sessions).map(|_| log_in(server, &greeting)).collect();
    let pool = Arc::new(Pool { free: Mutex::new(free), turn, server: server.to_owned(), greeting });
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            let pool = Arc::clone(&pool);
            std::thread::spawn(move || serve(&pool, client));
        }
    });
    format!("postgres://{user}@127.0.0.1:{port}/{database}")
}

#[test]
fn a_transaction_pooler_is_refused() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    for (turn, sessions) in
        [(Turn::Last, 1), (Turn::Last, 3), (Turn::Next, 1), (Turn::Next, 2), (Turn::Next, 3)]
    {
        let project = Project::with_models(Dialect::Postgres, BLOG);
        project.run(&["diff", "-m", "first"]).ok();
        let url = pooler(project.database().url(), turn, sessions);
        let before = project.contents();
        // Reading is harmless.
        project.run_at(&url, &["check"]).exits(1).shows("pending: ");
        project.run_at(&url, &["upgrade"]).fails(4, "A0325", "session");
        assert_eq!(project.contents(), before, "nothing was written");
        let locks = "select locktype::text as it from pg_locks where locktype = 'advisory'
                     and database = (select oid from pg_database
                                     where datname = current_database())";
        assert_eq!(project.query(locks), Vec::<String>::new(), "no lock is left behind");
    }
}

#[test]
fn a_pool_of_whole_sessions_is_none_of_these() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    let project = Project::with_models(Dialect::Postgres, BLOG);
    project.run(&["diff", "-m", "first"]).ok();
    let url = pooler(project.database().url(), Turn::Own, 1);
    project.run_at(&url, &["upgrade"]).ok().shows("applied ");
}
