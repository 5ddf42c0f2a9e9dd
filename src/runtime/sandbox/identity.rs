//! As whom a program under experiment runs.

use std::fs;

use nix::unistd::{Gid, Uid, setgroups, setresgid, setresuid};
use serde::{Deserialize, Serialize};

use super::{SetupError, Step};

/// The user and group of a program, as the machine numbers them and as the program sees them.
///
/// Where mplint runs as root the program gets a number that nobody else has: the kernel puts no limit on the processes
/// of root, and the files of root are not for it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Identity {
    /// The number outside.
    pub outside: u32,
    /// The number inside: another one only within a user namespace.
    pub inside: u32,
    /// Whether the program runs as somebody else than mplint.
    pub is_other: bool,
    /// Whether nobody else has the number outside, so that whatever runs under it belongs to the program.
    pub is_alone: bool,
}

impl Identity {
    /// The first number of those that mplint gives to programs; a keeper's process id is added. Far above the numbers of
    /// people, services and containers, and below the last possible one.
    const FIRST: u32 = 2_000_000_000;

    /// The number of `nobody`, which most systems know by that name.
    const NOBODY: u32 = 65_534;

    /// The identity for the program of this keeper.
    #[must_use]
    pub fn choose(in_user_namespace: bool) -> Self {
        let own = nix::unistd::geteuid();
        let lonely = Self::FIRST.saturating_add(std::process::id());
        // Root of a container may have no numbers but its own to give, or may not give any.
        let others = [lonely, Self::NOBODY].into_iter().find(|&number| exists(number));
        match others.filter(|_| own.is_root() && may_change_user()) {
            Some(outside) => Self {
                outside,
                inside: if in_user_namespace { Self::NOBODY } else { outside },
                is_other: true,
                is_alone: outside == lonely,
            },
            None => Self {
                outside: own.as_raw(),
                inside: own.as_raw(),
                is_other: false,
                is_alone: false,
            },
        }
    }

    /// Becomes that user for good.
    pub(super) fn assume(self) -> Result<(), SetupError> {
        if self.is_other {
            become_user(self.inside)
        } else {
            Ok(())
        }
    }

    /// Becomes that user for good, from outside the sandbox.
    ///
    /// # Errors
    ///
    /// Where the kernel refuses.
    pub fn assume_outside(self) -> Result<(), SetupError> {
        become_user(self.outside)
    }
}

fn become_user(number: u32) -> Result<(), SetupError> {
    let (user, group) = (Uid::from_raw(number), Gid::from_raw(number));
    setgroups(&[]).step("leave all groups")?;
    setresgid(group, group, group).step("change the group")?;
    setresuid(user, user, user).step("change the user")
}

/// Whether there is a user and a group of this number in the user namespace of this process.
fn exists(number: u32) -> bool {
    ["uid_map", "gid_map"].iter().all(|map| {
        // Without user namespaces there is no such file, and every number is there.
        fs::read_to_string(format!("/proc/self/{map}")).map_or(true, |text| is_mapped(&text, number))
    })
}

/// Each line is a first number, what it is outside, and a count.
fn is_mapped(map: &str, number: u32) -> bool {
    map.lines().any(|line| {
        let mut words = line.split_ascii_whitespace().map(str::parse::<u32>);
        let (Some(Ok(first)), Some(Ok(_)), Some(Ok(count))) = (words.next(), words.next(), words.next()) else {
            return false;
        };
        number.checked_sub(first).is_some_and(|offset| offset < count)
    })
}

/// Whether this process may give files to others, and become others.
fn may_change_user() -> bool {
    /// `CAP_CHOWN`, `CAP_SETGID` and `CAP_SETUID`.
    const NEEDED: u64 = 1 | 1 << 6 | 1 << 7;
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("CapEff:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask & NEEDED == NEEDED)
}

#[cfg(test)]
mod tests {
    use super::is_mapped;

    #[test]
    fn a_number_is_there_where_a_line_holds_it() {
        let whole = "         0          0 4294967295\n";
        assert!(is_mapped(whole, 2_000_000_000));
        let container = "0 1000 1\n1 100000 65536\n";
        assert!(is_mapped(container, 65_534) && is_mapped(container, 65_536));
        assert!(!is_mapped(container, 65_537));
        assert!(!is_mapped("", 0) && !is_mapped("torn", 0));
    }
}
