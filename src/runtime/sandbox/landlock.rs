//! Landlock: where a program may write and whom it may signal, whatever its user could do otherwise.

use std::fs;
use std::path::{Path, PathBuf};

use landlock::{
    ABI, Access, AccessFs, BitFlags, CompatLevel, Compatible, PathBeneath, PathFd, Ruleset, RulesetAttr,
    RulesetCreatedAttr, RulesetStatus, Scope,
};

use super::{SetupError, Step, Writable};

/// The oldest Landlock that will do: it confines renaming and truncating as well as writing.
const LEAST: ABI = ABI::V3;

/// The newest Landlock that is asked for; what the kernel does not know of it is left out.
const MOST: ABI = ABI::V6;

/// Confines the calling process, which must have given up new privileges. Reading stays free, but for devices: what
/// there is to read is a matter of the file system that the program sees.
///
/// Older kernels cannot confine signals and abstract sockets. That is borne only where `strangers_are_out_of_reach`
/// without it.
pub(super) fn apply(writable: &Writable, strangers_are_out_of_reach: bool) -> Result<(), SetupError> {
    let for_strangers = if strangers_are_out_of_reach {
        CompatLevel::BestEffort
    } else {
        CompatLevel::HardRequirement
    };
    let newer = AccessFs::from_all(MOST) & !AccessFs::from_all(LEAST);
    let mut rules = Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(AccessFs::from_all(LEAST))
        .step("ask for Landlock")?
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(newer)
        .step("ask for what newer Landlocks confine")?
        .set_compatibility(for_strangers)
        .scope(BitFlags::from(Scope::Signal) | Scope::AbstractUnixSocket)
        .step("confine signals")?
        .set_compatibility(CompatLevel::BestEffort)
        .create()
        .step("make the Landlock rules")?;
    let everything = AccessFs::from_all(MOST);
    let use_device = AccessFs::ReadFile | AccessFs::WriteFile | AccessFs::Truncate | AccessFs::IoctlDev;
    let readable = readable()?;
    let allowed = std::iter::once((Path::new("/"), AccessFs::ReadDir.into()))
        .chain(readable.iter().map(|path| (path.as_path(), AccessFs::from_read(MOST))))
        .chain(writable.folders.iter().map(|folder| (folder.as_path(), everything)))
        .chain(writable.devices.iter().map(|device| (device.as_path(), use_device)));
    for (path, access) in allowed {
        let opened = PathFd::new(path).step("open what the Landlock rules allow")?;
        rules = rules
            .add_rule(PathBeneath::new(opened, access))
            .step(format!("allow {}", path.display()))?;
    }
    let status = rules.restrict_self().step("enforce the Landlock rules")?;
    if status.ruleset == RulesetStatus::NotEnforced {
        return Err("the kernel does not enforce them").step("enforce the Landlock rules");
    }
    Ok(())
}

/// All that is in the root but the devices: to read a terminal is to take what its user types.
fn readable() -> Result<Vec<PathBuf>, SetupError> {
    let entries = fs::read_dir("/").step("list the root")?.flatten();
    let paths = entries.map(|entry| entry.path());
    // A link may lead nowhere.
    Ok(paths
        .filter(|path| path != Path::new("/dev") && path.exists())
        .collect())
}
