//! Who could end the wait on a socket.

use super::duplicate::duplicate;
use super::files::File;
use super::syscalls::Interest;
use super::view::View;
use super::wait::{Doubt, Wait};
use nix::errno::Errno;
use nix::sys::socket::{AddressFamily, SockaddrLike as _, SockaddrStorage, UnixAddr, getsockname, getsockopt, sockopt};
use nix::sys::time::TimeValLike as _;
use std::fs;
use std::os::fd::OwnedFd;

/// A socket that a thread waits on.
pub(super) struct Socket {
    pub pid: i32,
    pub tid: i32,
    pub fd: i32,
    pub number: u64,
}

impl Socket {
    /// `through` says whether the blocked call itself moves data, so that the socket's own timeouts apply to it.
    pub fn waits(&self, view: &View<'_>, interest: Interest, through: bool) -> Result<Vec<Wait>, Doubt> {
        let file = File::Socket(self.number);
        view.is_internal(&file)?;
        let own = duplicate(self.pid, self.fd).map_err(|error| match error {
            Errno::EPERM | Errno::EACCES => Doubt::no_access("descriptors"),
            other => Doubt::unknown(format!("a socket that cannot be looked at ({other})")),
        })?;
        if through && has_timeout(&own, interest)? {
            return Err(Doubt::timed("a socket with a timeout"));
        }
        let listens = getsockopt(&own, sockopt::AcceptConn).unwrap_or(false);
        let address = getsockname::<SockaddrStorage>(raw(&own)).map_err(|_| unjudged())?;
        let peer = match address.family() {
            Some(AddressFamily::Unix) if listens => return self.local_listener(view, &own).map(|wait| vec![wait]),
            Some(AddressFamily::Unix) => Some(self.local_peer(view, &own)?),
            Some(AddressFamily::Inet | AddressFamily::Inet6) if listens => {
                return if self.is_alone_in_its_network(view) {
                    Ok(vec![Wait::Connection { socket: self.number }])
                } else {
                    Err(Doubt::external("anybody on this machine could connect to its socket"))
                };
            }
            Some(AddressFamily::Inet | AddressFamily::Inet6) => {
                self.loopback(view, interest)?;
                None
            }
            _ => return Err(Doubt::external("a socket to the kernel or to a device")),
        };
        let holders = view.holders(&file, |_, _| true);
        let mut waits = Vec::new();
        if interest.read {
            waits.push(Wait::SocketData {
                socket: self.number,
                holders: holders.clone(),
                peer,
            });
        }
        if interest.write {
            waits.push(Wait::SocketRoom {
                socket: self.number,
                holders,
                peer,
            });
        }
        Ok(waits)
    }

    /// The process that made the other end of an AF_UNIX connection. The kernel delivers at once, so nothing is under
    /// way; and whoever made the other end within the tree can have given it only to its own descendants.
    fn local_peer(&self, view: &View<'_>, own: &OwnedFd) -> Result<i32, Doubt> {
        let peer = getsockopt(own, sockopt::PeerCredentials).map_err(|_| unjudged())?.pid();
        if view.is_kin(peer) {
            Ok(peer)
        } else {
            Err(Doubt::external("a connection from or to another process"))
        }
    }

    /// A listener is internal when its address is a secret of the tree: others could connect, but do not know where.
    fn local_listener(&self, view: &View<'_>, own: &OwnedFd) -> Result<Wait, Doubt> {
        let address = getsockname::<UnixAddr>(raw(own)).map_err(|_| unjudged())?;
        let secret = match address.path() {
            Some(path) => view.keeps_secret(self.pid, path),
            None => address.as_abstract().is_none() || view.has_own(self.pid, "net"),
        };
        if secret {
            Ok(Wait::Connection { socket: self.number })
        } else {
            Err(Doubt::external("anybody on this machine could connect to its socket"))
        }
    }

    /// `Ok` for a TCP connection over loopback whose other end is in the tree, with nothing under way.
    fn loopback(&self, view: &View<'_>, interest: Interest) -> Result<(), Doubt> {
        let table = Connection::table(self.pid, self.tid);
        let own = table.iter().find(|entry| entry.inode == self.number);
        let own = own.ok_or_else(|| Doubt::unknown("a socket that is not of TCP"))?;
        let peer = table
            .iter()
            .find(|entry| entry.local == own.remote && entry.remote == own.local);
        let Some(peer) = peer.filter(|peer| peer.inode != 0) else {
            return Err(Doubt::external("a connection to another machine or to nobody"));
        };
        let file = File::Socket(peer.inode);
        view.is_internal(&file)?;
        if view.holders(&file, |_, _| true).is_empty() {
            return Err(Doubt::external("a connection whose other end is not in the tree"));
        }
        if own.state != ESTABLISHED || peer.state != ESTABLISHED {
            return Err(Doubt::unknown("a connection that is being closed"));
        }
        // The loopback device delivers a little later. What was sent and not yet acknowledged may still wake the
        // reader; a writer waits for a reader who leaves data lying.
        let under_way = (interest.read && peer.unacknowledged > 0) || (interest.write && peer.unread == 0);
        if under_way {
            Err(Doubt::unknown("data on its way over loopback"))
        } else {
            Ok(())
        }
    }

    /// Whether its network is one of the tree's own with nothing but a loopback device.
    fn is_alone_in_its_network(&self, view: &View<'_>) -> bool {
        let devices = fs::read_to_string(format!("/proc/{}/task/{}/net/dev", self.pid, self.tid)).unwrap_or_default();
        // Two lines of heading.
        let mut names = devices
            .lines()
            .skip(2)
            .filter_map(|line| line.split_once(':'))
            .map(|(name, _)| name.trim());
        view.has_own(self.pid, "net") && names.all(|name| name == "lo")
    }
}

fn raw(fd: &OwnedFd) -> i32 {
    use std::os::fd::AsRawFd as _;
    fd.as_raw_fd()
}

fn unjudged() -> Doubt {
    Doubt::unknown("a socket that cannot be looked at")
}

fn has_timeout(own: &OwnedFd, interest: Interest) -> Result<bool, Doubt> {
    let timeout = if interest.write {
        getsockopt(own, sockopt::SendTimeout)
    } else {
        getsockopt(own, sockopt::ReceiveTimeout)
    };
    Ok(timeout.map_err(|_| unjudged())?.num_microseconds() != 0)
}

/// The state of an open TCP connection, as the kernel numbers them.
const ESTABLISHED: u8 = 1;

/// A line of `/proc/net/tcp`.
#[derive(Debug, PartialEq, Eq)]
struct Connection {
    local: String,
    remote: String,
    state: u8,
    /// Bytes sent and not acknowledged.
    unacknowledged: u64,
    /// Bytes that lie there to be read.
    unread: u64,
    /// 0 when no process has it any more.
    inode: u64,
}

impl Connection {
    /// The TCP sockets of the network of a process.
    fn table(pid: i32, tid: i32) -> Vec<Self> {
        let read = |name: &str| fs::read_to_string(format!("/proc/{pid}/task/{tid}/net/{name}")).unwrap_or_default();
        let (four, six) = (read("tcp"), read("tcp6"));
        four.lines().chain(six.lines()).filter_map(Self::parse).collect()
    }

    fn parse(line: &str) -> Option<Self> {
        // sl local remote state sent:unread timer retransmits uid timeout inode …
        let fields: Vec<&str> = line.split_ascii_whitespace().collect();
        let (unacknowledged, unread) = fields.get(4)?.split_once(':')?;
        Some(Self {
            local: (*fields.get(1)?).to_owned(),
            remote: (*fields.get(2)?).to_owned(),
            state: u8::from_str_radix(fields.get(3)?, 16).ok()?,
            unacknowledged: u64::from_str_radix(unacknowledged, 16).ok()?,
            unread: u64::from_str_radix(unread, 16).ok()?,
            inode: fields.get(9)?.parse().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_table_is_read() {
        let line =
            "   1: 0100007F:B5A2 0100007F:1F90 01 00000010:00000020 00:00000000 00000000  1000  0 4567 1 0 20 4 30";
        let entry = Connection::parse(line).expect("an entry");
        assert_eq!(
            (entry.local.as_str(), entry.remote.as_str()),
            ("0100007F:B5A2", "0100007F:1F90")
        );
        assert_eq!(
            (entry.state, entry.unacknowledged, entry.unread, entry.inode),
            (ESTABLISHED, 16, 32, 4567)
        );
        assert_eq!(
            Connection::parse("  sl  local_address rem_address   st tx_queue rx_queue"),
            None
        );
    }
}
