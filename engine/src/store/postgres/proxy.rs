//! Stands between a server and its database, for tests: a network that may
//! swallow what passes, without a word to either side.

use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

/// A port of 127.0.0.1 that leads to another.
pub struct Proxy {
    port: u16,
    swallows: Arc<AtomicBool>,
}

impl Proxy {
    /// Leads to the port `to` for as long as the runtime lives.
    ///
    /// # Errors
    /// When there is no port to be had.
    pub async fn start(to: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = listener.local_addr()?.port();
        let swallows = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&swallows);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let swallows = Arc::clone(&flag);
                tokio::spawn(async move { pass(client, to, swallows).await });
            }
        });
        Ok(Self { port, swallows })
    }

    /// Where to connect to.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Begins or ends to swallow. A connection on which something was lost
    /// stays silent for good; others, and new ones, go on when this has ended.
    pub fn swallow(&self, swallow: bool) {
        self.swallows.store(swallow, Ordering::SeqCst);
    }
}

async fn pass(client: TcpStream, to: u16, swallows: Arc<AtomicBool>) -> io::Result<()> {
    let server = TcpStream::connect((Ipv4Addr::LOCALHOST, to)).await?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
    let silent = Arc::new(AtomicBool::new(false));
    let there = pump(from_client, to_server, Arc::clone(&swallows), Arc::clone(&silent));
    let back = pump(from_server, to_client, swallows, silent);
    // Of a silent connection, neither side hears of the other's end.
    tokio::join!(there, back);
    Ok(())
}

async fn pump(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    swallows: Arc<AtomicBool>,
    silent: Arc<AtomicBool>,
) -> OwnedWriteHalf {
    let mut buffer = vec![0; 64 << 10];
    loop {
        let read = from.read(&mut buffer).await.unwrap_or(0);
        if swallows.load(Ordering::SeqCst) {
            silent.store(true, Ordering::SeqCst);
        }
        let said = !silent.load(Ordering::SeqCst);
        if read == 0 {
            if said {
                let _ = to.shutdown().await;
            }
            // Dropped, it would tell the other side.
            return to;
        }
        if let (true, Some(bytes)) = (said, buffer.get(..read))
            && to.write_all(bytes).await.is_err()
        {
            return to;
        }
    }
}
