//! Namespaces: a program's own processes, file system, network and IPC.

use std::fs;

use nix::unistd::{Gid, Pid, Uid};

use super::{Identity, Layers, SetupError, Step};

/// The flags with which the first process of a sandbox is made.
#[must_use]
pub fn flags(layers: Layers) -> libc::c_int {
    let flag = |layer, flag| if layers.contains(layer) { flag } else { 0 };
    let flags = flag(Layers::MOUNTS, libc::CLONE_NEWNS)
        | flag(Layers::PROCESSES, libc::CLONE_NEWPID)
        | flag(Layers::IPC, libc::CLONE_NEWIPC)
        | flag(Layers::NETWORK, libc::CLONE_NEWNET);
    // The user namespace is what lets an ordinary user have the others, and what takes root's power from root.
    if flags == 0 { 0 } else { flags | libc::CLONE_NEWUSER }
}

/// Says who is who inside the user namespace of `first`, from outside: the maker of the sandbox, and the program's user.
///
/// # Errors
///
/// Where the kernel refuses.
pub fn map_identities(first: Pid, identity: &Identity) -> Result<(), SetupError> {
    let folder = format!("/proc/{first}");
    let (user, group) = (Uid::effective().as_raw(), Gid::effective().as_raw());
    let map = |own: u32| {
        let mut map = format!("{own} {own} 1\n");
        if identity.is_other {
            map.push_str(&format!("{} {} 1\n", identity.inside, identity.outside));
        }
        map
    };
    if !Uid::effective().is_root() {
        // Or an ordinary user could leave groups that keep it from files.
        fs::write(format!("{folder}/setgroups"), "deny").step("deny setgroups")?;
    }
    fs::write(format!("{folder}/uid_map"), map(user)).step("map users")?;
    fs::write(format!("{folder}/gid_map"), map(group)).step("map groups")
}
