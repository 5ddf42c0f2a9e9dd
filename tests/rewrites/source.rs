//! A file that is to be rewritten: its tree, its names, and edits by range.

use std::collections::BTreeMap;
use std::ops::Range;

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Alias, Expr, ExprAttribute, ExprCall, ExprContext, ModModule, Stmt};
use ruff_python_parser::{Parsed, parse_module};
use ruff_text_size::Ranged;

use super::scopes::{Role, Scopes, Variable};

/// The constructors of process objects, whatever module or context they are taken from.
const CONSTRUCTORS: [&str; 20] = [
    "Array",
    "Barrier",
    "BoundedSemaphore",
    "Condition",
    "Event",
    "JoinableQueue",
    "Lock",
    "Manager",
    "Pool",
    "Process",
    "ProcessPoolExecutor",
    "Queue",
    "RLock",
    "RawArray",
    "RawValue",
    "Semaphore",
    "SharedMemory",
    "SimpleQueue",
    "ThreadPoolExecutor",
    "Value",
];

/// The libraries whose names the rewrites spell in other ways.
pub const LIBRARIES: [&str; 8] = [
    "multiprocessing",
    "concurrent.futures",
    "torch.multiprocessing",
    "billiard",
    "multiprocess",
    "loky",
    "threading",
    "os",
];

/// A file, parsed.
pub struct Source {
    /// The text.
    pub text: String,
    /// Whether it is the whole program, so that no other file names what it defines.
    pub alone: bool,
    /// Its names.
    pub scopes: Scopes,
    /// Every `name.attr`, by the offset of the name.
    pub attributes: BTreeMap<usize, Attribute>,
    /// The offset of the callee of every call, with its end.
    pub callees: BTreeMap<usize, usize>,
    parsed: Parsed<ModModule>,
    inside_string: Vec<Range<usize>>,
}

/// A `name.attr`.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// The whole.
    pub span: Range<usize>,
    /// What stands after the dot.
    pub attr: String,
    /// Whether it is read.
    pub is_load: bool,
}

/// A name that a top-level import binds.
#[derive(Debug)]
pub struct Imported<'a> {
    /// The variable.
    pub variable: &'a Variable,
    /// The module, as written.
    pub module: &'a str,
    /// What of the module is imported; none for the module itself.
    pub member: Option<&'a str>,
    /// The statement.
    pub stmt: &'a Stmt,
    /// The alias in the statement.
    pub alias: Range<usize>,
}

impl Source {
    /// Parses a file; nothing where it is not Python.
    pub fn new(text: &str, alone: bool) -> Option<Self> {
        let parsed = parse_module(text).ok()?;
        let scopes = Scopes::new(&parsed.syntax().body);
        let mut shapes = Shapes::default();
        shapes.visit_body(&parsed.syntax().body);
        let strings = [
            TokenKind::String,
            TokenKind::FStringMiddle,
            TokenKind::TStringMiddle,
            TokenKind::FStringEnd,
        ];
        let inside_string = parsed
            .tokens()
            .iter()
            .filter(|token| strings.contains(&token.kind()))
            .map(|token| token.range().to_std_range())
            .collect();
        Some(Self {
            text: text.to_owned(),
            alone,
            scopes,
            attributes: shapes.attributes,
            callees: shapes.callees,
            parsed,
            inside_string,
        })
    }

    /// The statements of the file.
    pub fn body(&self) -> &[Stmt] {
        &self.parsed.syntax().body
    }

    /// The text of a node.
    pub fn slice(&self, node: &impl Ranged) -> &str {
        &self.text[node.range().to_std_range()]
    }

    /// Where the line that holds an offset begins.
    pub fn line_start(&self, offset: usize) -> usize {
        self.text[..offset].rfind('\n').map_or(0, |at| at + 1)
    }

    /// Where the line that holds an offset ends, its line end left out.
    pub fn line_end(&self, offset: usize) -> usize {
        self.text[offset..].find('\n').map_or(self.text.len(), |at| offset + at)
    }

    /// Where the line after the one that holds an offset begins.
    pub fn next_line(&self, offset: usize) -> usize {
        (self.line_end(offset) + 1).min(self.text.len())
    }

    /// The blanks at the start of the line that holds an offset.
    pub fn indent(&self, offset: usize) -> &str {
        let line = &self.text[self.line_start(offset)..self.line_end(offset)];
        &line[..line.len() - line.trim_start().len()]
    }

    /// The range from a statement to the end of its last line, comment included, where no other statement shares its
    /// lines.
    pub fn whole_lines(&self, stmt: &Stmt) -> Option<Range<usize>> {
        let range = stmt.range().to_std_range();
        let before = &self.text[self.line_start(range.start)..range.start];
        let end = self.line_end(range.end);
        let after = self.text[range.end..end].trim_start();
        let is_alone = before.trim().is_empty() && (after.is_empty() || after.starts_with('#'));
        is_alone.then_some(range.start..end)
    }

    /// The place, at the start of a line, after the imports that the file begins with.
    pub fn after_imports(&self) -> usize {
        let is_head = |stmt: &&Stmt| match stmt {
            Stmt::Import(_) | Stmt::ImportFrom(_) => true,
            Stmt::Expr(expr) => expr.value.is_string_literal_expr(),
            _ => false,
        };
        let last = self.body().iter().take_while(is_head).last();
        last.map_or(0, |stmt| self.next_line(stmt.end().to_usize()))
    }

    /// The lines from one offset to another, moved right by `more`; the insides of strings and empty lines stay.
    pub fn indented(&self, lines: Range<usize>, more: &str) -> String {
        let mut text = String::new();
        let mut at = self.line_start(lines.start);
        while at < lines.end {
            let end = self.next_line(at).min(lines.end).max(at + 1);
            let line = &self.text[at..end];
            let in_string = self.inside_string.iter().any(|s| s.start < at && at < s.end);
            if !in_string && !line.trim().is_empty() {
                text.push_str(more);
            }
            text.push_str(line);
            at = end;
        }
        text
    }

    /// A name with this stem that stands nowhere in the file.
    pub fn fresh(&self, stem: &str) -> String {
        let taken = |name: &str| self.words().any(|word| word == name);
        let numbered = (1..).map(|n| format!("{stem}_{n}")).find(|name| !taken(name));
        if taken(stem) {
            numbered.unwrap_or_default()
        } else {
            stem.to_owned()
        }
    }

    /// Every word of the text, comments and strings included.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.text.split(|c: char| !c.is_alphanumeric() && c != '_')
    }

    /// Whether the text has one of these words.
    pub fn mentions(&self, words: &[&str]) -> bool {
        self.words().any(|word| words.contains(&word))
    }

    /// Whether a word stands in a string.
    pub fn in_strings(&self, word: &str) -> bool {
        self.inside_string.iter().any(|span| {
            self.text[span.clone()]
                .split(|c: char| !c.is_alphanumeric() && c != '_')
                .any(|found| found == word)
        })
    }

    /// The names that the top-level imports bind, each bound by its import alone.
    pub fn imports(&self) -> Vec<Imported<'_>> {
        let mut found = Vec::new();
        for stmt in self.body() {
            let (module, names) = match stmt {
                Stmt::Import(import) => (None, &import.names),
                Stmt::ImportFrom(import) if import.level == 0 => match &import.module {
                    Some(module) => (Some(module.as_str()), &import.names),
                    None => continue,
                },
                _ => continue,
            };
            for alias in names {
                let name = alias.asname.as_ref().unwrap_or(&alias.name);
                let Some(variable) = self.scopes.at(name.start().to_usize()) else {
                    continue;
                };
                if variable.with_role(Role::Import).count() != 1 || !variable.only(&[Role::Import, Role::Load]) {
                    continue;
                }
                found.push(Imported {
                    variable,
                    module: module.unwrap_or(alias.name.as_str()),
                    member: module.map(|_| alias.name.as_str()),
                    stmt,
                    alias: alias.range().to_std_range(),
                });
            }
        }
        found
    }

    /// What a call makes, where it is a process object: `Process`, `Queue` and so on, or the name of a class of the
    /// file that is a process.
    pub fn constructed<'a>(&'a self, call: &'a ExprCall) -> Option<&'a str> {
        match call.func.as_ref() {
            Expr::Attribute(ExprAttribute { attr, value, .. }) => {
                let known = value.is_name_expr() && CONSTRUCTORS.contains(&attr.as_str());
                known.then_some(attr.as_str())
            }
            Expr::Name(name) => {
                let variable = self
                    .scopes
                    .at(name.start().to_usize())
                    .filter(|found| found.scope == 0)?;
                self.body().iter().find_map(|stmt| self.made_by(stmt, variable))
            }
            _ => None,
        }
    }

    /// What a variable makes when it is called, where the statement binds it.
    fn made_by<'a>(&'a self, stmt: &'a Stmt, variable: &Variable) -> Option<&'a str> {
        match stmt {
            Stmt::ImportFrom(import) => {
                let is_it = |alias: &&Alias| alias.asname.as_ref().unwrap_or(&alias.name).as_str() == variable.name;
                let member = import.names.iter().find(is_it)?.name.as_str();
                CONSTRUCTORS.contains(&member).then_some(member)
            }
            Stmt::ClassDef(class) if class.name.as_str() == variable.name => {
                let bases = class.arguments.as_deref().map(|arguments| arguments.args.as_ref());
                let ends_so = |base: &Expr| self.slice(base).ends_with("Process");
                bases.unwrap_or_default().iter().any(ends_so).then_some("Process")
            }
            // A factory that does nothing else; it cannot call itself, for then it would return nothing.
            Stmt::FunctionDef(def) if def.name.as_str() == variable.name => {
                let [Stmt::Return(only)] = def.body.as_slice() else {
                    return None;
                };
                let call = only.value.as_deref()?.as_call_expr()?;
                let is_itself = self.slice(call.func.as_ref()) == variable.name;
                if is_itself { None } else { self.constructed(call) }
            }
            _ => None,
        }
    }

    /// Calls a function with every list of statements of the file, outer ones first.
    pub fn for_each_block<'a>(&'a self, mut on_block: impl FnMut(&'a [Stmt])) {
        struct Blocks<'f, 'a>(&'f mut dyn FnMut(&'a [Stmt]));
        impl<'a> Visitor<'a> for Blocks<'_, 'a> {
            fn visit_body(&mut self, body: &'a [Stmt]) {
                (self.0)(body);
                visitor::walk_body(self, body);
            }
        }
        Blocks(&mut on_block).visit_body(self.body());
    }

    /// Every call of the file.
    pub fn calls(&self) -> Vec<&ExprCall> {
        struct Calls<'a>(Vec<&'a ExprCall>);
        impl<'a> Visitor<'a> for Calls<'a> {
            fn visit_expr(&mut self, expr: &'a Expr) {
                if let Expr::Call(call) = expr {
                    self.0.push(call);
                }
                visitor::walk_expr(self, expr);
            }
        }
        let mut calls = Calls(Vec::new());
        calls.visit_body(self.body());
        calls.0
    }
}

#[derive(Default)]
struct Shapes {
    attributes: BTreeMap<usize, Attribute>,
    callees: BTreeMap<usize, usize>,
}

impl<'a> Visitor<'a> for Shapes {
    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Attribute(attribute) if attribute.value.is_name_expr() => {
                let shape = Attribute {
                    span: attribute.range().to_std_range(),
                    attr: attribute.attr.to_string(),
                    is_load: attribute.ctx == ExprContext::Load,
                };
                self.attributes.insert(attribute.value.start().to_usize(), shape);
            }
            Expr::Call(call) => {
                let callee = call.func.range().to_std_range();
                self.callees.insert(callee.start, callee.end);
            }
            _ => {}
        }
        visitor::walk_expr(self, expr);
    }
}

/// Replacements of parts of a text.
#[derive(Default)]
pub struct Edits(Vec<(Range<usize>, String)>);

impl Edits {
    /// Puts a text in the place of a part.
    pub fn replace(&mut self, part: Range<usize>, with: impl Into<String>) {
        self.0.push((part, with.into()));
    }

    /// Puts a text before an offset; what was put there first stays first.
    pub fn insert(&mut self, at: usize, text: impl Into<String>) {
        self.replace(at..at, text);
    }

    /// Whether nothing is replaced.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The new text; nothing where there is no replacement, or two of them overlap.
    pub fn apply(mut self, text: &str) -> Option<String> {
        if self.0.is_empty() {
            return None;
        }
        self.0.sort_by_key(|(part, _)| (part.start, part.end));
        let mut new = String::new();
        let mut at = 0;
        for (part, with) in self.0 {
            new.push_str(text.get(at..part.start)?);
            new.push_str(&with);
            at = part.end;
        }
        new.push_str(&text[at..]);
        Some(new)
    }
}
