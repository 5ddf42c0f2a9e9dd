//! What a blocked call's arguments point to, and what lies at an address.

use super::task::number_after;
use super::wait::Doubt;
use nix::sys::uio::{RemoteIoVec, process_vm_readv};
use nix::unistd::Pid;
use std::fs;
use std::io::IoSliceMut;

/// `len` bytes at `address` of a process. The caller bounds `len`.
pub(super) fn read(tid: i32, address: u64, len: usize) -> Result<Vec<u8>, Doubt> {
    let unreadable = || Doubt::NoAccess {
        what: "memory".to_owned(),
    };
    let base = usize::try_from(address).map_err(|_| unreadable())?;
    let mut bytes = vec![0; len];
    let got = process_vm_readv(
        Pid::from_raw(tid),
        &mut [IoSliceMut::new(&mut bytes)],
        &[RemoteIoVec { base, len }],
    )
    .map_err(|_| unreadable())?;
    if got == len { Ok(bytes) } else { Err(unreadable()) }
}

/// The number in the first bytes of `bytes`, in the order of this machine.
pub(super) fn u64_at(bytes: &[u8], offset: usize) -> Option<u64> {
    Some(u64::from_ne_bytes(bytes.get(offset..offset + 8)?.try_into().ok()?))
}

/// As [`u64_at`], of four bytes.
pub(super) fn i32_at(bytes: &[u8], offset: usize) -> Option<i32> {
    Some(i32::from_ne_bytes(bytes.get(offset..offset + 4)?.try_into().ok()?))
}

/// As [`u64_at`], of two bytes.
pub(super) fn u16_at(bytes: &[u8], offset: usize) -> Option<u16> {
    Some(u16::from_ne_bytes(bytes.get(offset..offset + 2)?.try_into().ok()?))
}

/// A stretch of a process's memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mapping {
    start: u64,
    end: u64,
    /// Whether a write is seen by whoever else maps it.
    pub shared: bool,
    /// Device and inode of what is mapped: the identity of shared memory.
    pub file: (String, u64),
    pub name: String,
}

/// The memory map of a process, or `None` where it cannot be read.
pub(super) fn mappings(pid: i32, tid: i32) -> Option<Vec<Mapping>> {
    let text = fs::read(format!("/proc/{pid}/task/{tid}/maps")).ok()?;
    Some(
        String::from_utf8_lossy(&text)
            .lines()
            .filter_map(Mapping::parse)
            .collect(),
    )
}

/// Whether the process has touched memory that it shares with others (files aside). Asked before its map is read, which
/// costs a hundred times as much; most processes have none.
pub(super) fn uses_shared(pid: i32) -> bool {
    let status = fs::read(format!("/proc/{pid}/status")).unwrap_or_default();
    let status = String::from_utf8_lossy(&status);
    // A thread of the kernel has no memory at all.
    number_after(&status, "VmSize:").is_some() && number_after(&status, "RssShmem:") != Some(0)
}

/// Device and inode of all that a process maps to share it.
pub(super) fn shared_files(pid: i32) -> Vec<(String, u64)> {
    let mappings = mappings(pid, pid).unwrap_or_default();
    mappings
        .into_iter()
        .filter(|mapping| mapping.shared)
        .map(|mapping| mapping.file)
        .collect()
}

impl Mapping {
    /// Whether it is shared memory and no file on a disk, which anybody might map at any time.
    pub fn is_of_memory(&self) -> bool {
        ["/dev/shm/", "/dev/zero", "/memfd:", "/SYSV"]
            .iter()
            .any(|prefix| self.name.starts_with(prefix))
    }

    fn parse(line: &str) -> Option<Self> {
        // 7f0c4a000000-7f0c4a001000 rw-s 00000000 00:1a 1234      /dev/shm/sem.mp-abc (deleted)
        let mut fields = line.split_ascii_whitespace();
        let (start, end) = fields.next()?.split_once('-')?;
        let rights = fields.next()?;
        let _offset = fields.next()?;
        let device = fields.next()?.to_owned();
        let inode = fields.next()?.parse().ok()?;
        Some(Self {
            start: u64::from_str_radix(start, 16).ok()?,
            end: u64::from_str_radix(end, 16).ok()?,
            shared: rights.ends_with('s'),
            file: (device, inode),
            name: fields.collect::<Vec<_>>().join(" "),
        })
    }

    pub fn holds(&self, address: u64) -> bool {
        (self.start..self.end).contains(&address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_tell_shared_from_private() {
        let shared = Mapping::parse("7f0c4a000000-7f0c4a001000 rw-s 00000000 00:1a 12   /dev/shm/sem.a b (deleted)");
        let shared = shared.expect("a mapping");
        assert!(shared.shared && shared.holds(0x7f0c_4a00_0fff) && !shared.holds(0x7f0c_4a00_1000));
        assert_eq!(
            (shared.file, shared.name.as_str()),
            (("00:1a".to_owned(), 12), "/dev/shm/sem.a b (deleted)")
        );
        let heap = Mapping::parse("55d0-55e0 rw-p 00000000 00:00 0").expect("a mapping");
        assert!(!heap.shared && heap.name.is_empty());
        assert_eq!(Mapping::parse("torn"), None);
    }
}
