//! Recognizes a server of another kind than the URL's scheme says, which would be silent, or
//! answer with what looks like noise, until a timeout.

use std::time::Duration;

use sea_orm::sqlx;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::port::other;

/// How long a MySQL server may take before its greeting, until it is asked whether it is one.
const GREETING: Duration = Duration::from_secs(2);

/// The message by which a client of PostgreSQL asks for TLS. The answer is one byte, `S` or `N`.
/// Source: PostgreSQL manual, 55.7, "SSLRequest".
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

/// Connects to MySQL at an address, if it is not a socket; an error as soon as it is clear that
/// PostgreSQL listens there. A server of MySQL speaks first, a server of PostgreSQL waits to be
/// spoken to.
pub(super) async fn unless_postgres<T>(
    address: Option<(&str, u16)>,
    connecting: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, sqlx::Error> {
    let found = async {
        tokio::time::sleep(GREETING).await;
        match address {
            Some((host, port)) if is_postgres(host, port).await => {}
            Some(_) | None => std::future::pending().await,
        }
    };
    tokio::select! {
        result = connecting => result,
        () = found => Err(other("PostgreSQL", "postgres://")),
    }
}

async fn is_postgres(host: &str, port: u16) -> bool {
    let asked = async {
        let mut stream = TcpStream::connect((host, port)).await?;
        stream.write_all(&SSL_REQUEST).await?;
        stream.read_u8().await
    };
    let answer = tokio::time::timeout(GREETING, asked).await;
    matches!(answer, Ok(Ok(b'S' | b'N')))
}
