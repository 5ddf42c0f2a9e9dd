//! A panic in the work on one file must not end the run.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe};

use super::InternalError;

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
    static LAST: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Makes panics in the work on a file silent, so that they are told once and by the one who knows the file. All others
/// are printed as before.
pub fn install_panic_hook() {
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if GUARDED.get() {
            let place = info.location().map(|at| format!(" ({}:{})", at.file(), at.line()));
            let text = format!("{}{}", text(info.payload()), place.unwrap_or_default());
            LAST.with_borrow_mut(|last| *last = Some(text));
        } else {
            usual(info);
        }
    }));
}

/// Runs the work on one file. What it borrows must not be used after an error, but for what is made anew for each file.
pub fn guarded<T>(file: &str, work: impl FnOnce() -> T) -> Result<T, InternalError> {
    let before = GUARDED.replace(true);
    let result = panic::catch_unwind(AssertUnwindSafe(work));
    GUARDED.set(before);
    result.map_err(|payload| InternalError {
        file: file.to_owned(),
        message: LAST
            .with_borrow_mut(Option::take)
            .unwrap_or_else(|| text(payload.as_ref())),
    })
}

fn text(payload: &(dyn Any + Send)) -> String {
    let text = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("panic").to_owned()
}

#[cfg(test)]
mod tests {
    use super::guarded;

    #[test]
    fn a_panic_becomes_an_error_that_names_the_file() {
        let error = guarded("a.py", || -> u8 { panic!("seven {}", 7) }).unwrap_err();
        assert_eq!(error.file, "a.py");
        assert!(error.message.starts_with("seven 7"), "{}", error.message);
        assert_eq!(guarded("b.py", || 3), Ok(3));
    }
}
