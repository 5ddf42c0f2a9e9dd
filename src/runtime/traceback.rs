//! Reads Python's tracebacks out of what a program wrote to its standard error.
//!
//! Several processes write to one stream, line by line, so that the lines of two tracebacks may alternate: what is
//! counted is beginnings, and the lines at the margin that end them.

/// Wrappers that carry the text of a traceback from another process. The exception itself follows.
const CARRIERS: [&str; 2] = ["RemoteTraceback", "_RemoteTraceback"];

/// The names of the exceptions of all tracebacks, without their modules, in order. Those that Python ignored, because
/// they came up where nobody could catch them, are left out.
#[must_use]
pub fn raised(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut open = 0_usize;
    let mut ignored = 0_usize;
    let mut is_ignored = false;
    for line in text.lines() {
        let line = unframed(line);
        if line.starts_with("Exception ignored") {
            is_ignored = true;
        } else if line.trim_start().starts_with("Traceback (most recent call last)")
            || line.trim_start().starts_with("Exception Group Traceback")
        {
            ignored += usize::from(std::mem::take(&mut is_ignored));
            open += 1;
        } else if open > 0
            && let Some(name) = exception_name(line)
        {
            open -= 1;
            if ignored > 0 {
                ignored -= 1;
            } else if !CARRIERS.contains(&name) {
                names.push(name.to_owned());
            }
        }
    }
    names
}

/// An exception group draws a frame around its tracebacks: `  | Traceback …`, `  +-+----- 1 -----`.
fn unframed(line: &str) -> &str {
    let line = line.trim_end();
    match line.trim_start().strip_prefix(['|', '+']) {
        Some(rest) => rest.strip_prefix(' ').unwrap_or(rest),
        None => line,
    }
}

/// The name of the exception that a line at the margin, such as `json.decoder.JSONDecodeError: why`, ends a traceback
/// with.
fn exception_name(line: &str) -> Option<&str> {
    let path = line.split_once(": ").map_or(line, |(path, _)| path);
    let path = path.strip_suffix(':').unwrap_or(path);
    let is_name = |part: &str| {
        let mut chars = part.chars();
        chars.next().is_some_and(|first| first == '_' || first.is_alphabetic())
            && chars.all(|c| c == '_' || c.is_alphanumeric())
    };
    // A class that is local to a function is named with `<locals>`.
    let mut parts = path.split('.').peekable();
    let whole = parts.peek().is_some() && parts.all(|part| part == "<locals>" || is_name(part));
    let name = path.rsplit('.').next()?;
    // Classes begin with a capital letter; what programs print in between rarely does so in one word at the margin.
    let is_class = name.trim_start_matches('_').starts_with(char::is_uppercase);
    (whole && is_class).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::raised;

    #[test]
    fn exceptions_are_named_without_their_modules() {
        let text = "\
Process Process-1:
Traceback (most recent call last):
  File \"main.py\", line 3, in work
    Mistake: not one
_pickle.PicklingError: Can't pickle <function f at 0x7f>: it's not found

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File \"main.py\", line 9, in <module>
main.work.<locals>.Boom
";
        assert_eq!(raised(text), ["PicklingError", "Boom"]);
        assert_eq!(raised("ValueError: printed, not raised\n"), [""; 0]);
    }

    #[test]
    fn tracebacks_of_two_processes_may_alternate() {
        let text = "\
Traceback (most recent call last):
Traceback (most recent call last):
  File \"main.py\", line 3, in work
  File \"main.py\", line 4, in work
KeyError: 'a'
OSError
";
        assert_eq!(raised(text), ["KeyError", "OSError"]);
    }

    #[test]
    fn carriers_and_ignored_exceptions_do_not_count() {
        let text = "\
multiprocessing.pool.RemoteTraceback:
\"\"\"
Traceback (most recent call last):
  File \"main.py\", line 3, in work
ZeroDivisionError: division by zero
\"\"\"
Exception ignored in: <function Pool.__del__ at 0x7f>
Traceback (most recent call last):
  File \"pool.py\", line 1, in __del__
AttributeError: gone
";
        assert_eq!(raised(text), ["ZeroDivisionError"]);
    }

    #[test]
    fn the_frame_of_a_group_is_seen_through() {
        let text = "  + Exception Group Traceback (most recent call last):
  |   File \"main.py\", line 3, in <module>
  | ExceptionGroup: two (2 sub-exceptions)
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File \"main.py\", line 1, in work
    | ValueError: 1
    +------------------------------------
";
        assert_eq!(raised(text), ["ExceptionGroup", "ValueError"]);
    }
}
