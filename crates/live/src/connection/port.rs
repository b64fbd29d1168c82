//! Whether a server listens at an address, and of which kind it is not.

use std::path::PathBuf;

use sea_orm::sqlx;

use super::REACH;

/// Checks that a port or a socket is open.
pub(super) async fn listens(
    host: &str,
    port: u16,
    socket: Option<PathBuf>,
) -> Result<(), std::io::Error> {
    let attempt = async {
        match socket {
            #[cfg(unix)]
            Some(path) => tokio::net::UnixStream::connect(path).await.map(drop),
            #[cfg(not(unix))]
            Some(_) => Ok(()),
            None => tokio::net::TcpStream::connect((host, port)).await.map(drop),
        }
    };
    tokio::time::timeout(REACH, attempt).await.unwrap_or_else(|_| {
        let seconds = REACH.as_secs();
        Err(std::io::Error::new(
            std::io::ErrorKind::TimedOut,
            format!("no answer from {host}:{port} in {seconds} s"),
        ))
    })
}

/// The error for a server that speaks another protocol.
pub(super) fn other(server: &str, scheme: &str) -> sqlx::Error {
    sqlx::Error::Protocol(format!(
        "the server there does not speak this protocol; if it is {server}, the URL begins with \
         {scheme}"
    ))
}
