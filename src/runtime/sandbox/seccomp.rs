//! seccomp: the system calls that a Python program has no use for, and that lead out of a sandbox, are refused.
//!
//! What is refused is listed, not what is allowed: the standard libraries of Python and C use several hundred calls, and
//! a list of those would break programs with every new version. The namespaces and Landlock hold without this layer;
//! it keeps a program from making namespaces of its own, from other processes' memory, and from parts of the kernel
//! that are large and new.

use std::collections::BTreeMap;

use libc::{c_long, *};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule, TargetArch,
};

use super::calls::{ABSENT, ABSENT_WITHOUT_OWN_IPC, PRETENDED, REFUSED};
use super::{Layers, SetupError, Step};

/// Filters the system calls of the calling process, which must have given up new privileges. What the other layers do not
/// hold is refused here as far as it can be.
pub(super) fn apply(layers: Layers) -> Result<(), SetupError> {
    let mut absent = rules(ABSENT);
    if !layers.contains(Layers::IPC) {
        absent.extend(rules(ABSENT_WITHOUT_OWN_IPC));
    }
    let mut filters = vec![(refused(layers)?, EPERM), (absent, ENOSYS)];
    if !layers.contains(Layers::MOUNTS) {
        filters.push((rules(PRETENDED), 0));
    }
    for (calls, error) in filters {
        let program = compile(calls, error)?;
        seccompiler::apply_filter(&program).step("install the seccomp filter")?;
    }
    Ok(())
}

type Rules = BTreeMap<c_long, Vec<SeccompRule>>;

fn rules(calls: &[c_long]) -> Rules {
    calls.iter().map(|&call| (call, Vec::new())).collect()
}

/// Refused by their arguments, besides what is refused whatever they are.
fn refused(layers: Layers) -> Result<Rules, SetupError> {
    let mut refused = rules(REFUSED);
    // A new process may not come with a new namespace.
    let namespaces =
        CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWCGROUP;
    let each_flag = (0..i32::BITS)
        .map(|bit| 1_u64 << bit)
        .filter(|flag| u64::from(namespaces.cast_unsigned()) & flag != 0);
    let mut clone = Vec::new();
    for flag in each_flag {
        clone.push(rule(vec![condition(0, SeccompCmpOp::MaskedEq(flag), flag)?])?);
    }
    refused.insert(SYS_clone, clone);
    // Typing into somebody's terminal.
    let typing = [TIOCSTI, TIOCLINUX].map(|request| rule(vec![condition(1, SeccompCmpOp::Eq, request)?]));
    refused.insert(SYS_ioctl, typing.into_iter().collect::<Result<_, _>>()?);
    let families: &[c_int] = if layers.contains(Layers::NETWORK) {
        &[AF_UNIX, AF_INET, AF_INET6]
    } else {
        &[AF_UNIX]
    };
    let mut other_family = Vec::new();
    for &family in families {
        other_family.push(condition(0, SeccompCmpOp::Ne, u64::from(family.cast_unsigned()))?);
    }
    refused.insert(SYS_socket, vec![rule(other_family)?]);
    // The limits of another process of the same user, the first one of the sandbox above all.
    refused.insert(SYS_prlimit64, vec![rule(vec![condition(0, SeccompCmpOp::Ne, 0)?])?]);
    if !layers.contains(Layers::PROCESSES) {
        refused.extend(refused_among_strangers()?);
    }
    Ok(refused)
}

/// What a process may do to others of its user that Landlock does not confine.
fn refused_among_strangers() -> Result<Rules, SetupError> {
    let mut refused = Rules::new();
    // To slow down the keeper. Of oneself, by the id 0, it is allowed.
    for call in [
        SYS_sched_setaffinity,
        SYS_sched_setattr,
        SYS_sched_setparam,
        SYS_sched_setscheduler,
    ] {
        refused.insert(call, vec![rule(vec![condition(0, SeccompCmpOp::Ne, 0)?])?]);
    }
    for (call, one_process) in [(SYS_setpriority, 0), (SYS_ioprio_set, 1)] {
        let of_many = rule(vec![condition(0, SeccompCmpOp::Ne, one_process)?])?;
        let of_another = rule(vec![condition(1, SeccompCmpOp::Ne, 0)?])?;
        refused.insert(call, vec![of_many, of_another]);
    }
    // To signal all that there is. Where Landlock holds, it would stop this too.
    let everybody = u64::from(u32::MAX);
    refused.insert(SYS_kill, vec![rule(vec![condition(0, SeccompCmpOp::Eq, everybody)?])?]);
    Ok(refused)
}

/// The lower half of an argument: all that the calls above look at.
fn condition(argument: u8, operator: SeccompCmpOp, value: u64) -> Result<SeccompCondition, SetupError> {
    SeccompCondition::new(argument, SeccompCmpArgLen::Dword, operator, value).step("make the seccomp filter")
}

fn rule(conditions: Vec<SeccompCondition>) -> Result<SeccompRule, SetupError> {
    SeccompRule::new(conditions).step("make the seccomp filter")
}

#[cfg_attr(
    not(target_arch = "x86_64"),
    expect(unused_mut, reason = "only x86_64 has a second set of numbers")
)]
fn compile(mut refused: Rules, error: c_int) -> Result<BpfProgram, SetupError> {
    #[cfg(target_arch = "x86_64")]
    {
        // The x32 calls are the same functions under other numbers.
        const X32: c_long = 0x4000_0000;
        let again: Vec<_> = refused
            .iter()
            .map(|(call, rules)| (call | X32, rules.clone()))
            .collect();
        refused.extend(again);
    }
    let filter = SeccompFilter::new(
        refused,
        SeccompAction::Allow,
        SeccompAction::Errno(error.cast_unsigned()),
        TARGET,
    );
    filter.and_then(BpfProgram::try_from).step("make the seccomp filter")
}

#[cfg(target_arch = "x86_64")]
const TARGET: TargetArch = TargetArch::x86_64;
/// Written after the manual, and not tested.
#[cfg(target_arch = "aarch64")]
const TARGET: TargetArch = TargetArch::aarch64;
