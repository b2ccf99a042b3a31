//! Connections: how many, and how long one may keep the server waiting.

use std::convert::Infallible;
use std::future::Future;
use std::io::{self, IoSlice};
use std::net::TcpListener;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::Sleep;

use super::{Preview, answer};

/// A browser opens six; some browsers and a few programs are many.
const CONNECTIONS_MAX: usize = 256;
/// The head of a request comes in one piece, unless somebody holds it back.
const HEAD_TIME_MAX: Duration = Duration::from_secs(10);
/// The head of a request, with every cookie that other programs left for `localhost`.
const HEAD_BYTES_MAX: usize = 64 << 10;
const HEADERS_MAX: usize = 100;
/// So long may a browser take nothing of an answer, be it asleep.
const STALL_MAX: Duration = Duration::from_secs(60);
/// After the system refused a connection (too many open files) others may end.
const PAUSE: Duration = Duration::from_millis(50);

/// Takes connections until the future is dropped.
pub async fn accept(preview: Arc<Preview>, listener: TcpListener) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    loop {
        let place = places.clone().acquire_owned().await;
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        let preview = preview.clone();
        tokio::spawn(async move {
            converse(preview, stream).await;
            drop(place);
        });
    }
}

/// Answers the requests of one connection, until it ends or breaks.
async fn converse(preview: Arc<Preview>, stream: TcpStream) {
    let Ok(local) = stream.local_addr() else {
        return;
    };
    // An event is a few bytes that shall go out at once.
    let _ = stream.set_nodelay(true);
    let stream = TokioIo::new(Impatient {
        stream,
        stalled: None,
    });
    let service = service_fn(|request: hyper::Request<hyper::body::Incoming>| {
        let (head, _) = request.into_parts();
        let preview = preview.clone();
        async move { Ok::<_, Infallible>(answer(preview, local.ip(), head).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME_MAX)
        .max_buf_size(HEAD_BYTES_MAX)
        .max_headers(HEADERS_MAX)
        .serve_connection(stream, service);
    // Whoever breaks a connection knows it; nobody else has to.
    let _ = connection.await;
}

/// A connection that gives up on a reader that takes nothing.
struct Impatient {
    stream: TcpStream,
    /// Since the reader took something last.
    stalled: Option<Pin<Box<Sleep>>>,
}

impl Impatient {
    fn judge<T>(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.stalled = None;
            return written;
        }
        let begin = || Box::pin(tokio::time::sleep(STALL_MAX));
        let stalled = self.stalled.get_or_insert_with(begin);
        stalled
            .as_mut()
            .poll(context)
            .map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Impatient {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, into)
    }
}

impl AsyncWrite for Impatient {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.judge(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, pieces);
        self.judge(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        self.judge(context, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
