//! The memory that all processes of a program hold together.

use std::collections::HashMap;
use std::fs;
use std::time::{Duration, Instant};

use crate::runtime::sandbox::raw;

/// The time between two countings: in a shorter one no machine can fill much.
const INTERVAL: Duration = Duration::from_millis(20);

/// Of this part of the machine's memory something must be available. Not all that a process holds can be counted: what
/// lies in pipes and sockets, for one.
const RESERVE: u64 = 32;

/// The watch over memory: a quick upper estimate, and a thorough counting where that is too much.
pub(super) struct Memory {
    most: u64,
    counted: Option<Instant>,
}

impl Memory {
    /// All processes together may hold `most` bytes.
    pub(super) fn new(most: u64) -> Self {
        Self { most, counted: None }
    }

    /// Whether they hold more.
    pub(super) fn is_exhausted(&mut self, living: &[i32], now: Instant) -> bool {
        if self.counted.is_some_and(|last| now.duration_since(last) < INTERVAL) {
            return false;
        }
        self.counted = Some(now);
        let sizes = living.iter().filter_map(|&pid| Sizes::read(pid));
        let all = sizes.fold(Sizes::default(), |all, one| Sizes {
            mapped: all.mapped.saturating_add(one.mapped),
            own: all.own.saturating_add(one.own),
        });
        // What is not even mapped cannot be held.
        let is_possible = all.mapped.max(all.own) > self.most;
        is_possible && count(living, all, self.most) > self.most || is_machine_short()
    }
}

/// What the processes hold, as far as it must be known to tell whether it is more than `most`.
fn count(living: &[i32], all: Sizes, most: u64) -> u64 {
    let own = if all.own <= most {
        all.own
    } else {
        // Until they write, parent and child share what the parent held when it forked: to each its part of it.
        living.iter().map(|&pid| anonymous_part(pid)).sum()
    };
    own.saturating_add(shared(living))
}

/// Bytes of one process, or of several.
#[derive(Clone, Copy, Default)]
struct Sizes {
    /// Of address space.
    mapped: u64,
    /// Of memory that is there, without what files and other processes might share: libraries would be counted once for
    /// each process.
    own: u64,
}

impl Sizes {
    fn read(pid: i32) -> Option<Self> {
        let text = fs::read_to_string(format!("/proc/{pid}/statm")).ok()?;
        let mut pages = text.split_ascii_whitespace().map_while(|word| word.parse::<u64>().ok());
        let (mapped, resident, shared) = (pages.next()?, pages.next()?, pages.next()?);
        let page = raw::page_size();
        Some(Self {
            mapped: mapped.saturating_mul(page),
            own: resident.saturating_sub(shared).saturating_mul(page),
        })
    }
}

/// A process's part of the anonymous memory that it uses, with others or alone.
fn anonymous_part(pid: i32) -> u64 {
    let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
    let part = text.lines().find_map(|line| line.strip_prefix("Pss_Anon:"));
    let kilobytes = part.and_then(|part| part.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    match kilobytes {
        Some(kilobytes) => kilobytes.saturating_mul(1024),
        // A process can close these files to its own user, not this one.
        None => Sizes::read(pid).map_or(0, |sizes| sizes.own),
    }
}

/// Bytes of the memory that the processes share with one another and that has no name: by its size, for what was written
/// to it stays there though no process shows it as its own.
fn shared(living: &[i32]) -> u64 {
    let mut sizes: HashMap<String, u64> = HashMap::new();
    for pid in living {
        let maps = fs::read_to_string(format!("/proc/{pid}/maps")).unwrap_or_default();
        for (file, end) in maps.lines().filter_map(shared_mapping) {
            let size = sizes.entry(file.to_owned()).or_default();
            *size = end.max(*size);
        }
    }
    sizes.into_values().fold(0, u64::saturating_add)
}

/// The file of a mapping that is shared and in no file system that has a name, and where in it the mapping ends.
fn shared_mapping(line: &str) -> Option<(&str, u64)> {
    let mut words = line.split_ascii_whitespace();
    let (range, rights, offset, device, file) = (
        words.next()?,
        words.next()?,
        words.next()?,
        words.next()?,
        words.next()?,
    );
    // The kernel's own mount for such memory is the first that it makes of all that have no device.
    if !rights.ends_with('s') || device != "00:01" {
        return None;
    }
    let number = |text| u64::from_str_radix(text, 16).ok();
    let (start, end) = range.split_once('-')?;
    let length = number(end)?.checked_sub(number(start)?)?;
    Some((file, number(offset)?.checked_add(length)?))
}

/// Whether the machine as a whole has next to no memory left.
fn is_machine_short() -> bool {
    let text = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let field = |name: &str| -> Option<u64> {
        let line = text.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_ascii_whitespace().next()?.parse().ok()
    };
    matches!((field("MemTotal:"), field("MemAvailable:")), (Some(total), Some(free)) if free < total / RESERVE)
}

#[cfg(test)]
mod tests {
    use super::shared_mapping;

    #[test]
    fn only_shared_memory_without_a_name_counts_by_its_size() {
        let shared = "7f00-7f20 rw-s 00000010 00:01 123 /dev/zero (deleted)";
        assert_eq!(shared_mapping(shared), Some(("123", 0x30)));
        for other in [
            "7f00-7f20 rw-p 00000010 00:01 123 /dev/zero (deleted)",
            "7f00-7f20 rw-s 00000010 00:17 123 /dev/shm/name",
            "7f00-7f20 rw-p 00000000 00:00 0",
            "torn",
            "",
        ] {
            assert_eq!(shared_mapping(other), None, "{other}");
        }
    }
}
