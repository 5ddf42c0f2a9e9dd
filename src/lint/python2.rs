//! Signs that a file which does not parse is Python 2.

/// What in a line that holds a syntax error is plainly Python 2, as the rest of a sentence.
pub fn sign(line: &str) -> Option<&'static str> {
    let code = line.trim();
    let statements = || code.split([';', ':']).map(str::trim_start);
    if statements().any(|statement| is_old_statement(statement, "print")) {
        return Some("`print` is a function in Python 3");
    }
    if statements().any(|statement| is_old_statement(statement, "exec")) {
        return Some("`exec` is a function in Python 3");
    }
    if code.starts_with("except ") && code.contains(',') && !code.contains('(') {
        return Some("Python 3 writes `except … as …`");
    }
    if code.starts_with("raise ") && code.split(['"', '\'', '(']).next()?.contains(',') {
        return Some("Python 3 raises an exception with its arguments in parentheses");
    }
    if code.contains("<>") {
        return Some("Python 3 writes `!=` for `<>`");
    }
    if code.contains('`') {
        return Some("Python 3 has no backticks; write `repr(…)`");
    }
    let words = || code.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.'));
    if words().any(is_old_number) {
        return Some("Python 3 writes `0o777` for `0777` and has no `L` numbers");
    }
    None
}

/// `print x`, `print "x"`, `exec code`: the word, white space, and the beginning of an expression.
fn is_old_statement(statement: &str, word: &str) -> bool {
    let Some(rest) = statement.strip_prefix(word) else {
        return false;
    };
    let after = rest.trim_start();
    let starts_expression = match after.chars().next() {
        Some('"' | '\'' | '`') => true,
        Some(c) if c.is_alphanumeric() || c == '_' => rest.len() > after.len(),
        _ => false,
    };
    let next: String = after.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    starts_expression
        && !matches!(
            next.as_str(),
            "in" | "is" | "and" | "or" | "not" | "if" | "else" | "for"
        )
}

/// `0777`, `10L`.
fn is_old_number(word: &str) -> bool {
    let digits = word.trim_end_matches(['l', 'L']);
    let all_digits = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    all_digits && (digits.len() < word.len() || (digits.starts_with('0') && digits.bytes().any(|byte| byte != b'0')))
}

#[cfg(test)]
mod tests {
    use super::sign;

    #[test]
    fn what_python_2_wrote() {
        for line in [
            "print \"hello\"",
            "    print x, y",
            "print'x'",
            "if x: print x",
            "exec code in namespace",
            "except ValueError, error:",
            "raise ValueError, 'no'",
            "if a <> b:",
            "x = `y`",
            "os.chmod(path, 0755)",
            "x = 10L",
        ] {
            assert!(sign(line).is_some(), "{line}");
        }
    }

    #[test]
    fn what_is_merely_wrong() {
        for line in [
            "print(x",
            "print = ",
            "x = print if y else",
            "print(\"hello\" x)",
            "def f(:",
            "raise ValueError('a, b'",
            "except (A, B) e:",
            "x = 0b12",
            "x = 100_L0",
            "x = 1.50L.",
            "",
        ] {
            assert_eq!(sign(line), None, "{line}");
        }
    }
}
