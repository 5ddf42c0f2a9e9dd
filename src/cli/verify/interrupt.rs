//! Ctrl-C: a command that has much to do ends with what is known by then.

use std::sync::atomic::{AtomicBool, Ordering};

use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};

static STOP: AtomicBool = AtomicBool::new(false);

/// A flag that Ctrl-C sets from now on. A second Ctrl-C ends the command at once.
///
/// # Errors
///
/// What the system says.
pub fn flag() -> nix::Result<&'static AtomicBool> {
    let action = SigAction::new(SigHandler::Handler(stop), SaFlags::SA_RESTART, SigSet::empty());
    // What is executed from here on begins without the handler, and is ended by the signal as ever.
    #[expect(
        unsafe_code,
        reason = "the handler stores to an atomic and does nothing else that could be interrupted"
    )]
    unsafe {
        sigaction(Signal::SIGINT, &action)?;
    }
    Ok(&STOP)
}

extern "C" fn stop(_: nix::libc::c_int) {
    if STOP.swap(true, Ordering::Relaxed) {
        #[expect(unsafe_code, reason = "`_exit` may be called from a handler")]
        unsafe {
            nix::libc::_exit(i32::from(crate::cli::exit::ERROR));
        }
    }
}
