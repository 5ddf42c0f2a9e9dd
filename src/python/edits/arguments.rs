//! Calls and their arguments: what is added to them, made a tuple of, or passed beside the function instead of to it.

use ruff_python_ast::token::{TokenKind, parenthesized_range};
use ruff_python_ast::{ArgOrKeyword, Arguments, Expr, ExprRef};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::layout::is_blank;
use super::{Source, range};
use crate::files::Span;
use crate::findings::Edit;

/// How a call takes the function that it is to run, and what that is to be called with.
#[derive(Clone, Copy, Debug)]
pub enum Passed<'a> {
    /// The arguments follow one by one: `submit(work, 3)`.
    Beside,
    /// They come as a tuple and a dict, the next two parameters: `apply_async(work, (3,), {"n": 4})`.
    InOrder,
    /// They come as a tuple and a dict under these names: `target=work, args=(3,), kwargs={"n": 4}`.
    Named {
        /// The parameter for the tuple.
        args: &'a str,
        /// That for the dict, if there is one.
        kwargs: Option<&'a str>,
    },
    /// There is no place for any.
    Nowhere,
}

impl Source {
    /// What a call by dotted name calls: `self.pool.join` of `self.pool.join()`, taken apart before the last dot.
    #[must_use]
    pub fn receiver(&self, call: Span) -> Option<&str> {
        let Expr::Attribute(callee) = &*self.call(call)?.func else {
            return None;
        };
        is_plain(&callee.value).then(|| self.of_node(&*callee.value))
    }

    /// Whether a call names what it calls so, be it as an attribute.
    #[must_use]
    pub fn calls(&self, call: Span, name: &str) -> bool {
        match self.call(call).map(|call| &*call.func) {
            Some(Expr::Name(callee)) => callee.id == name,
            Some(Expr::Attribute(callee)) => callee.attr.as_str() == name,
            _ => false,
        }
    }

    /// An argument by name added to a call that has none of the name.
    #[must_use]
    pub fn with_keyword(&self, call: Span, name: &str, value: &str) -> Option<Vec<Edit>> {
        let call = self.call(call)?;
        let arguments = &call.arguments;
        // `**` may bring it, and a generator needs parentheses of its own beside an argument.
        if arguments.keywords.iter().any(|keyword| keyword.arg.is_none()) || has_bare_generator(arguments) {
            return None;
        }
        let has = arguments
            .keywords
            .iter()
            .find(|keyword| keyword.arg.as_ref().is_some_and(|arg| arg.as_str() == name));
        if let Some(keyword) = has {
            return Some(vec![self.edit(keyword.value.range(), value)]);
        }
        self.appended(arguments, &format!("{name}={value}"))
            .map(|edit| vec![edit])
    }

    /// An argument put behind all others.
    fn appended(&self, arguments: &Arguments, argument: &str) -> Option<Edit> {
        let open = arguments.start() + TextSize::of('(');
        let close = arguments.end() - TextSize::of(')');
        if arguments.is_empty() {
            return Some(self.insertion(open, argument));
        }
        let last = self.token_before(close)?;
        if last.kind() != TokenKind::Comma {
            return Some(self.insertion(last.end(), format!(", {argument}")));
        }
        // With a line for each argument, this one gets a line as well.
        let before = self.token_before(last.start())?;
        let line = self.line_start(before.start());
        let text = self.text().get(TextRange::new(line, before.start()).to_std_range())?;
        let indent: String = text.chars().take_while(|&c| is_blank(c)).collect();
        if self.line_start(close) == self.line_start(last.start()) {
            return Some(self.insertion(last.end(), format!(" {argument},")));
        }
        let end = self.clean_end(last.end())?;
        let eol = self.line_end(last.start());
        Some(self.insertion(end, format!("{eol}{indent}{argument},")))
    }

    /// The expression at a place made the one element of a tuple.
    #[must_use]
    pub fn as_tuple(&self, call: Span, argument: Span) -> Option<Vec<Edit>> {
        let call = self.call(call)?;
        let mut passed = call.arguments.iter_source_order().map(value_of);
        let expr = passed.find(|expr| expr.range() == range(argument))?;
        if matches!(expr, Expr::Starred(_)) {
            return None;
        }
        let around = parenthesized_range(ExprRef::from(expr), (&call.arguments).into(), self.parsed.tokens());
        // `(yield x)` needs the parentheses that it has.
        let needs_its_own = matches!(expr, Expr::Yield(_) | Expr::YieldFrom(_) | Expr::Generator(_));
        match around {
            Some(_) if !needs_its_own => Some(vec![self.insertion(expr.end(), ",")]),
            around => {
                let whole = around.unwrap_or(expr.range());
                Some(vec![
                    self.insertion(whole.start(), "("),
                    self.insertion(whole.end(), ",)"),
                ])
            }
        }
    }

    /// The expression at a place made an argument of a call: `max(1, n)` of `n`.
    #[must_use]
    pub fn as_argument(&self, at: Span, before: &str, after: &str) -> Option<Vec<Edit>> {
        let expr = self.expression(at)?;
        if matches!(
            expr,
            Expr::Starred(_) | Expr::Yield(_) | Expr::YieldFrom(_) | Expr::Named(_)
        ) {
            return None;
        }
        if let Expr::Generator(generator) = expr
            && !generator.parenthesized
        {
            return None;
        }
        Some(vec![
            self.insertion(expr.start(), before),
            self.insertion(expr.end(), after),
        ])
    }

    /// The method of a call replaced by that of another name.
    #[must_use]
    pub fn with_method(&self, call: Span, name: impl FnOnce(&str) -> Option<&'static str>) -> Option<Vec<Edit>> {
        let Expr::Attribute(callee) = &*self.call(call)?.func else {
            return None;
        };
        Some(vec![self.edit(callee.attr.range(), name(callee.attr.as_str())?)])
    }

    /// `map(f, a, b)` made `starmap(f, zip(a, b))`.
    #[must_use]
    pub fn zipped(&self, call: Span, name: impl FnOnce(&str) -> Option<&'static str>) -> Option<Vec<Edit>> {
        let mut edits = self.with_method(call, name)?;
        let arguments = &self.call(call)?.arguments;
        let [_, columns @ ..] = &*arguments.args else {
            return None;
        };
        let (first, last) = (columns.first()?, columns.last()?);
        if columns.len() < 2 || !arguments.keywords.is_empty() || arguments.args.iter().any(Expr::is_starred_expr) {
            return None;
        }
        let tokens = self.parsed.tokens();
        let whole =
            |expr: &Expr| parenthesized_range(ExprRef::from(expr), arguments.into(), tokens).unwrap_or(expr.range());
        edits.push(self.insertion(whole(first).start(), "zip("));
        edits.push(self.insertion(whole(last).end(), ")"));
        Some(edits)
    }

    /// The call at a place taken back: the function is passed, and what it was called with beside it. `outer` is the call
    /// that it is passed to.
    #[must_use]
    pub fn uncalled(&self, outer: Span, call: Span, passed: Passed<'_>) -> Option<Vec<Edit>> {
        let outer = self.call(outer)?;
        let inner = match self.expression(call)? {
            Expr::Call(inner) => inner,
            _ => return None,
        };
        let arguments = &inner.arguments;
        let yields = |expr: &Expr| matches!(expr, Expr::Yield(_) | Expr::YieldFrom(_));
        if !is_plain(&inner.func)
            || has_bare_generator(arguments)
            || self.has_comment(inner.range())
            || arguments.iter_source_order().map(value_of).any(yields)
        {
            return None;
        }
        let after_function = TextRange::new(inner.func.end(), inner.end());
        if inner.arguments.is_empty() {
            return Some(vec![self.edit(after_function, "")]);
        }
        let is_next = |place: &Expr| {
            // Nothing else is passed by position behind it.
            outer
                .arguments
                .args
                .last()
                .is_some_and(|last| last.range() == place.range())
        };
        let place = outer
            .arguments
            .iter_source_order()
            .find(|argument| value_of(*argument).range() == inner.range())?;
        let is_positional = match place {
            ArgOrKeyword::Arg(arg) => {
                if !is_next(arg) && !matches!(passed, Passed::Named { .. }) {
                    return None;
                }
                is_next(arg)
            }
            ArgOrKeyword::Keyword(_) => false,
        };
        let is_followed = matches!(place, ArgOrKeyword::Arg(_)) && !is_positional;
        let taken = |name: &str| {
            let keywords = &outer.arguments.keywords;
            keywords
                .iter()
                .any(|k| k.arg.as_ref().is_none_or(|arg| arg.as_str() == name))
        };
        // Parentheses around it would hold what is put behind it.
        let tokens = self.parsed.tokens();
        let is_parenthesized = parenthesized_range(ExprRef::from(inner), (&outer.arguments).into(), tokens).is_some();
        if is_parenthesized || outer.arguments.args.iter().any(Expr::is_starred_expr) {
            return None;
        }
        let content = match passed {
            Passed::Beside if is_positional && outer.arguments.keywords.is_empty() => {
                let open = arguments.start() + TextSize::of('(');
                let close = arguments.end() - TextSize::of(')');
                let inside = self.text().get(TextRange::new(open, close).to_std_range())?;
                format!(", {}", inside.trim().trim_end_matches(',').trim_end())
            }
            Passed::InOrder if is_positional && outer.arguments.keywords.iter().all(|k| k.arg.is_some()) => {
                if taken("args") || taken("kwds") {
                    return None;
                }
                let keywords = match arguments.keywords.is_empty() {
                    true => String::new(),
                    false => format!(", {}", self.dict(arguments)?),
                };
                format!(", {}{keywords}", self.tuple(arguments))
            }
            Passed::Named { args, kwargs } if !taken(args) => {
                let mut content = String::new();
                if !arguments.args.is_empty() {
                    content.push_str(&format!(", {args}={}", self.tuple(arguments)));
                }
                if !arguments.keywords.is_empty() {
                    let kwargs = kwargs.filter(|name| !taken(name))?;
                    content.push_str(&format!(", {kwargs}={}", self.dict(arguments)?));
                }
                content
            }
            _ => return None,
        };
        // What is passed by name must not stand before what is passed by position.
        if is_followed {
            let behind = content.trim_start_matches([',', ' ']);
            let appended = self.appended(&outer.arguments, behind)?;
            return Some(vec![self.edit(after_function, ""), appended]);
        }
        Some(vec![self.edit(after_function, content)])
    }

    /// The arguments by position as a tuple.
    fn tuple(&self, arguments: &Arguments) -> String {
        let all: Vec<&str> = arguments.args.iter().map(|arg| self.of_node(arg)).collect();
        match all.as_slice() {
            [one] => format!("({one},)"),
            all => format!("({})", all.join(", ")),
        }
    }

    /// The arguments by name as a dict.
    fn dict(&self, arguments: &Arguments) -> Option<String> {
        let mut all = Vec::new();
        for keyword in &arguments.keywords {
            let name = keyword.arg.as_ref()?;
            all.push(format!("\"{name}\": {}", self.of_node(&keyword.value)));
        }
        Some(format!("{{{}}}", all.join(", ")))
    }
}

/// A name, or an attribute of one: what may be written down once more and means the same.
pub(super) fn is_plain(expr: &Expr) -> bool {
    let mut at = expr;
    loop {
        match at {
            Expr::Name(_) => return true,
            Expr::Attribute(attribute) => at = &attribute.value,
            Expr::Subscript(item)
                if matches!(
                    *item.slice,
                    Expr::Name(_) | Expr::NumberLiteral(_) | Expr::StringLiteral(_)
                ) =>
            {
                at = &item.value;
            }
            _ => return false,
        }
    }
}

/// Whether the one argument is a generator that borrows the parentheses of the call.
fn has_bare_generator(arguments: &Arguments) -> bool {
    matches!(&*arguments.args, [Expr::Generator(generator)] if !generator.parenthesized)
}

fn value_of(argument: ArgOrKeyword<'_>) -> &Expr {
    match argument {
        ArgOrKeyword::Arg(arg) => arg,
        ArgOrKeyword::Keyword(keyword) => &keyword.value,
    }
}
