//! The byte stream under a connection: TCP, TLS, or something a caller brought.

use std::collections::HashMap;
use std::io::{self, IoSlice};
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use rustix::io::Errno;
use rustix::net::{SendFlags, sockopt};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

/// Anything a connection can run on.
pub(crate) trait Bytes: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Bytes for T {}

pub(crate) enum Stream {
    Plain(TcpStream, Seat),
    Tls(Box<(TlsStream<TcpStream>, Seat)>),
    /// Brought by a caller, or not to be taken out of the HTTP layer.
    Foreign {
        stream: Box<dyn Bytes>,
        _seat: Option<Seat>,
    },
}

impl Stream {
    fn inner(&mut self) -> Pin<&mut dyn Bytes> {
        match self {
            Stream::Plain(stream, _) => Pin::new(stream),
            Stream::Tls(held) => Pin::new(&mut held.0),
            Stream::Foreign { stream, .. } => Pin::new(stream.as_mut()),
        }
    }

    fn tcp(&self) -> Option<&TcpStream> {
        match self {
            Stream::Plain(stream, _) => Some(stream),
            Stream::Tls(held) => Some(held.0.get_ref().0),
            Stream::Foreign { .. } => None,
        }
    }

    /// Bounds what the kernel holds for a reader who does not read. By itself
    /// it takes some megabytes, which are nobody's memory and as scarce.
    pub(crate) fn bound(&self, bytes: usize) {
        if let Some(stream) = self.tcp() {
            // It doubles what it is told, to have room for its own records; if
            // it refuses, its own bound stays.
            let _best_effort = sockopt::set_socket_send_buffer_size(stream, bytes / 2);
        }
    }

    /// Makes the end of this stream a reset, which lets the kernel drop what it
    /// holds. A peer that does not read would make it wait for minutes.
    pub(crate) fn abort(&self) {
        if let Some(stream) = self.tcp() {
            let _best_effort = stream.set_zero_linger();
        }
    }

    /// Writes one piece. A plain stream of which nobody knows that it is full
    /// is asked directly: what the event loop knows of it lies elsewhere in
    /// memory and is needed only if the kernel takes nothing, which is rare.
    pub(crate) fn poll_send(
        &mut self,
        cx: &mut Context<'_>,
        bytes: &[u8],
        tries: bool,
    ) -> Poll<io::Result<usize>> {
        if let (Stream::Plain(stream, _), true) = (&*self, tries) {
            match rustix::net::send(stream, bytes, SendFlags::NOSIGNAL) {
                Err(Errno::WOULDBLOCK | Errno::INTR) => {}
                tried => return Poll::Ready(tried.map_err(io::Error::from)),
            }
        }
        Pin::new(self).poll_write(cx, bytes)
    }

    /// Moves a plain stream to the calling thread's event loop. Other streams
    /// stay with the loop that accepted them, which works and costs a wake-up.
    pub(crate) fn rehome(self) -> io::Result<Stream> {
        match self {
            Stream::Plain(stream, seat) => {
                Ok(Stream::Plain(TcpStream::from_std(stream.into_std()?)?, seat))
            }
            other => Ok(other),
        }
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match &mut *self {
            Stream::Plain(stream, _) => Pin::new(stream).poll_read(cx, buffer),
            other => other.inner().poll_read(cx, buffer),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match &mut *self {
            Stream::Plain(stream, _) => Pin::new(stream).poll_write(cx, bytes),
            other => other.inner().poll_write(cx, bytes),
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match &mut *self {
            Stream::Plain(stream, _) => Pin::new(stream).poll_write_vectored(cx, slices),
            other => other.inner().poll_write_vectored(cx, slices),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Stream::Plain(stream, _) => stream.is_write_vectored(),
            Stream::Tls(held) => held.0.is_write_vectored(),
            Stream::Foreign { stream, .. } => stream.is_write_vectored(),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.inner().poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.inner().poll_shutdown(cx)
    }
}

/// How many connections each address holds.
#[derive(Default)]
pub(crate) struct Seats(Mutex<HashMap<IpAddr, usize>>);

impl Seats {
    pub(crate) fn take(self: &Arc<Seats>, address: IpAddr, max: usize) -> Option<Seat> {
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(address).or_insert(0);
        if *count >= max && !address.is_loopback() {
            return None;
        }
        *count += 1;
        Some(Seat { seats: self.clone(), address })
    }
}

/// A place that is given back when the connection is gone.
pub(crate) struct Seat {
    seats: Arc<Seats>,
    address: IpAddr,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_gets_its_share_and_no_more() {
        let seats = Arc::new(Seats::default());
        let address = IpAddr::from([192, 0, 2, 1]);
        let first = seats.take(address, 1);
        assert!(first.is_some());
        assert!(seats.take(address, 1).is_none());
        assert!(seats.take(IpAddr::from([192, 0, 2, 2]), 1).is_some());
        drop(first);
        assert!(seats.take(address, 1).is_some());
        assert!(seats.0.lock().unwrap().is_empty(), "seats given back leave nothing behind");
    }
}
