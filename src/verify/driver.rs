//! A driver for code that the main program does not come to: a call of the nearest function from which the flagged line is
//! reached, with arguments that the program itself gives somewhere or, where there are none, with stand-ins of the right
//! type.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::harness::Start;
use super::program::Program;
use crate::files::Span;
use crate::python::outline::{Argument, Call, Class, Outline, Param, Routine, Scope};

/// Functions between the one that is called and the one that holds the line.
const DEEPEST: usize = 3;
/// Drivers that are tried for one finding.
pub const MOST_DRIVERS: usize = 3;

/// Where the flagged line is.
#[derive(Clone, Copy, Debug)]
pub struct Goal<'a> {
    /// The outline of its file.
    pub outline: &'a Outline,
    /// The text of that.
    pub text: &'a str,
    /// The place.
    pub span: Span,
}

/// What can be called to come to a line, the best first: what needs no stand-in before what does, what is nearer before
/// what is farther. `entry` is the file whose functions are called, with its text.
///
/// # Errors
///
/// What was missing, where nothing can be called.
pub fn drivers(goal: Goal<'_>, entry: (&Outline, &str), program: &Program) -> Result<Vec<Start>, String> {
    let Some(routine) = goal.outline.routine_of(goal.span) else {
        return Err("the line is in no function, and the main program does not come to it".to_owned());
    };
    let (outline, text) = entry;
    let outlines = Outlines::of(program);
    let mut reasons = Vec::new();
    let mut found: Vec<(usize, usize, Start)> = Vec::new();
    for (distance, candidate) in leading_to(routine, goal, outline, text) {
        match driver(candidate, outline, &outlines, program) {
            Ok(start) => {
                let standing = match &start {
                    Start::Driver { stand_ins, .. } => stand_ins.len(),
                    Start::Script => 0,
                };
                found.push((standing, distance, start));
            }
            Err(reason) => reasons.push(reason),
        }
    }
    found.sort_by_key(|(standing, distance, _)| (*standing, *distance));
    let found: Vec<Start> = found
        .into_iter()
        .map(|(_, _, start)| start)
        .take(MOST_DRIVERS)
        .collect();
    if found.is_empty() {
        return Err(reasons
            .into_iter()
            .next()
            .unwrap_or_else(|| format!("nothing was found that calls `{}`", routine.name)));
    }
    Ok(found)
}

/// The outlines of all files of a program: where arguments are looked for.
struct Outlines(Vec<Outline>);

impl Outlines {
    fn of(program: &Program) -> Self {
        let code = program.files.iter().filter(|file| file.path.ends_with(".py"));
        Self(code.filter_map(|file| Outline::of(&file.text)).collect())
    }
}

/// The functions of a file from which another is reached, with the number of functions between.
fn leading_to<'o>(routine: &Routine, goal: Goal<'_>, outline: &'o Outline, text: &str) -> Vec<(usize, &'o Routine)> {
    let is_outermost = |routine: &&Routine| !routine.inside.iter().any(|scope| matches!(scope, Scope::Function(_)));
    let is_same_file = std::ptr::eq(goal.outline, outline) || goal.text == text;
    let mut known: Vec<(usize, &Routine)> = Vec::new();
    if is_same_file {
        known.extend(
            outline
                .routines
                .iter()
                .filter(|one| one.span == routine.span)
                .map(|one| (0, one)),
        );
    }
    // A method is reached by its class as well: `run` of a process is.
    let mut names: Vec<(usize, BTreeSet<&str>)> = vec![(0, names_of(routine))];
    for depth in 1..=DEEPEST {
        let wanted: BTreeSet<&str> = names
            .iter()
            .filter(|(at, _)| *at == depth - 1)
            .flat_map(|(_, names)| names.iter().copied())
            .collect();
        for candidate in outline.routines.iter().filter(is_outermost) {
            let is_known = known.iter().any(|(_, one)| one.span == candidate.span);
            let body = text.get(candidate.span.range()).unwrap_or_default();
            let mut words = body.split(|c: char| !c.is_alphanumeric() && c != '_').skip(1);
            if !is_known && words.any(|word| word != candidate.name && wanted.contains(word)) {
                known.push((depth, candidate));
                names.push((depth, names_of(candidate)));
            }
        }
    }
    known
}

/// The names by which a function is reached.
fn names_of(routine: &Routine) -> BTreeSet<&str> {
    let is_reached_by_name = !routine.name.starts_with("__") && routine.name != "run";
    let own = is_reached_by_name.then_some(routine.name.as_str());
    let class = routine.inside.iter().rev().find_map(|scope| match scope {
        Scope::Class(name) => Some(name.as_str()),
        Scope::Function(_) => None,
    });
    // A method with a name of its own is not reached by the class alone.
    own.into_iter().chain(class.filter(|_| !is_reached_by_name)).collect()
}

/// Arguments as they are written in a call, and what of them was made up.
#[derive(Default)]
struct Arguments {
    written: Vec<String>,
    stand_ins: Vec<String>,
    made_up: BTreeSet<String>,
}

fn driver(routine: &Routine, outline: &Outline, outlines: &Outlines, program: &Program) -> Result<Start, String> {
    let mut all = Arguments::default();
    let mut calls = format!("`{}`", routine.name);
    let mut scope = routine.span;
    let decorator = |name: &str| {
        routine
            .decorators
            .iter()
            .any(|one| one == name || one.ends_with(&format!(".{name}")))
    };
    let target = match routine.inside.as_slice() {
        [] => {
            let given = arguments(&routine.name, &routine.params, outline, outlines)?;
            let target = format!("module.{}({})", routine.name, given.written.join(", "));
            all.take(given);
            target
        }
        [Scope::Class(name)] => {
            let class = outline
                .classes
                .iter()
                .find(|class| class.name == *name && class.inside.is_empty());
            let class = class.ok_or_else(|| format!("the class `{name}` was not found"))?;
            scope = class.span;
            calls = format!("`{name}.{}`", routine.name);
            let is_init = routine.name == "__init__";
            let own = routine.params.get(1..).unwrap_or_default();
            if decorator("staticmethod") || decorator("classmethod") {
                let params = if decorator("staticmethod") {
                    &routine.params[..]
                } else {
                    own
                };
                let given = arguments(&routine.name, params, outline, outlines)?;
                let target = format!("module.{name}.{}({})", routine.name, given.written.join(", "));
                all.take(given);
                target
            } else {
                let made = construct(class, outline, outlines)?;
                let object = format!("module.{name}({})", made.written.join(", "));
                all.take(made);
                if is_init {
                    object
                } else if decorator("property") || decorator("cached_property") {
                    format!("{object}.{}", routine.name)
                } else if routine.name == "run" && is_process(class) {
                    format!("run_process({object})")
                } else {
                    let given = arguments(&routine.name, own, outline, outlines)?;
                    let target = format!("{object}.{}({})", routine.name, given.written.join(", "));
                    all.take(given);
                    target
                }
            }
        }
        _ => return Err(format!("`{}` is inside another function", routine.name)),
    };
    let mut text = HEAD.to_owned();
    let _ = write!(
        text,
        "\n\ndef main():\n    module = importlib.import_module({:?})\n    finish({target})\n\n\nif __name__ == \"__main__\":\n    main()\n",
        program.module
    );
    Ok(Start::Driver {
        text,
        calls,
        stand_ins: all.stand_ins,
        made_up: spread(all.made_up, outline, scope),
    })
}

impl Arguments {
    fn take(&mut self, other: Self) {
        self.stand_ins.extend(other.stand_ins);
        self.made_up.extend(other.made_up);
    }
}

/// What every driver begins with.
const HEAD: &str = "\
\"\"\"Made by mplint: calls one function of the program.\"\"\"
import asyncio
import importlib
import inspect
import itertools
import logging
import multiprocessing
import pathlib
import tempfile
import threading


def nothing(*args, **kwargs):
    return None


def run_process(process):
    process.start()
    process.join()


async def wait_for(awaitable):
    return await awaitable


async def take_from(generator):
    async for _ in generator:
        pass


def finish(result):
    if inspect.isawaitable(result):
        asyncio.run(wait_for(result))
    elif inspect.isasyncgen(result):
        asyncio.run(take_from(result))
    elif inspect.isgenerator(result):
        for _ in itertools.islice(result, 1000):
            pass
";

fn is_process(class: &Class) -> bool {
    class
        .bases
        .iter()
        .any(|base| base.rsplit('.').next().is_some_and(|last| last.ends_with("Process")))
}

/// The arguments to make an object of a class with.
fn construct(class: &Class, outline: &Outline, outlines: &Outlines) -> Result<Arguments, String> {
    let mut at = class;
    for _ in 0..8 {
        let init = outline
            .routines
            .iter()
            .find(|routine| routine.name == "__init__" && routine.inside == [Scope::Class(at.name.clone())]);
        if let Some(init) = init {
            return arguments(&class.name, init.params.get(1..).unwrap_or_default(), outline, outlines);
        }
        if at
            .decorators
            .iter()
            .any(|decorator| decorator.contains("dataclass") || decorator.contains("define"))
        {
            return arguments(&class.name, &at.fields, outline, outlines);
        }
        let Some(base) = at.bases.first() else {
            return Ok(Arguments::default());
        };
        match outline.classes.iter().find(|one| one.name == *base) {
            Some(base) => at = base,
            // One of a library, which most likely can be made without arguments; if not, the run will say so.
            None => return Ok(Arguments::default()),
        }
    }
    Err(format!("the bases of `{}` go round in a circle", class.name))
}

/// Arguments for the parameters of something that is called by a name: those of a call in the program, then the defaults,
/// then stand-ins by type. What a call in the program gives is taken where it means the same at the level of the module:
/// literals, and in the file itself what is made of its globals.
fn arguments(callee: &str, params: &[Param], outline: &Outline, outlines: &Outlines) -> Result<Arguments, String> {
    let is_needed = |param: &Param| !param.has_default && !param.takes_rest;
    let value = |argument: &Argument, is_own: bool| -> Option<String> {
        let is_known = |name: &String| is_own && outline.globals.contains(name);
        let known = argument.is_plain
            && argument
                .names
                .iter()
                .all(|name| is_known(name) || BUILT_IN.contains(&name.as_str()));
        let is_literal = argument.names.iter().all(|name| BUILT_IN.contains(&name.as_str()));
        known.then(|| match is_literal {
            true => argument.text.clone(),
            false => format!("eval({:?}, vars(module))", argument.text),
        })
    };
    let given = |call: &Call, is_own: bool, at: usize, param: &Param| -> Option<String> {
        let by_name = call.keywords.iter().find(|(name, _)| *name == param.name);
        match by_name {
            Some((_, argument)) => value(argument, is_own),
            None if param.is_keyword => None,
            None => value(call.positional.get(at)?, is_own),
        }
    };
    let of = |calls: &[Call], is_own: bool| -> Vec<(Call, bool)> {
        let fits = calls.iter().filter(|call| call.callee == callee && !call.has_more);
        fits.map(|call| (call.clone(), is_own)).collect()
    };
    let mut calls = of(&outline.calls, true);
    calls.extend(outlines.0.iter().flat_map(|outline| of(&outline.calls, false)));
    // One call that gives all that is needed is worth more than a mixture of several.
    let whole = calls.iter().find(|(call, is_own)| {
        let mut needed = params.iter().enumerate().filter(|(_, param)| is_needed(param));
        needed.all(|(at, param)| given(call, *is_own, at, param).is_some())
    });
    let mut arguments = Arguments::default();
    for (at, param) in params.iter().enumerate().filter(|(_, param)| is_needed(param)) {
        let found = whole.and_then(|(call, is_own)| given(call, *is_own, at, param));
        let found = found.or_else(|| calls.iter().find_map(|(call, is_own)| given(call, *is_own, at, param)));
        let value = match found {
            Some(value) => value,
            None => {
                let value = stand_in(param)
                    .ok_or_else(|| format!("no argument was found for `{}` of `{callee}`", param.name))?;
                arguments
                    .stand_ins
                    .push(format!("`{value}` for `{}` of `{callee}`", param.name));
                arguments.made_up.insert(param.name.clone());
                value
            }
        };
        arguments.written.push(format!("{}={value}", param.name));
    }
    Ok(arguments)
}

/// Names that mean the same in every module.
const BUILT_IN: [&str; 12] = [
    "range", "list", "tuple", "set", "dict", "str", "int", "float", "bytes", "len", "sorted", "max",
];

/// Something of the type that a parameter is annotated with.
fn stand_in(param: &Param) -> Option<String> {
    let annotation = param.annotation.as_deref()?.trim_matches(['"', '\'']);
    value_of_type(annotation.trim(), 0).map(str::to_owned)
}

fn value_of_type(annotation: &str, depth: usize) -> Option<&'static str> {
    if depth > 4 {
        return None;
    }
    if let Some((first, rest)) = annotation.split_once('|') {
        return value_of_type(first.trim(), depth + 1).or_else(|| value_of_type(rest.trim(), depth + 1));
    }
    let (name, inner) = match annotation.split_once('[') {
        Some((name, inner)) => (name, inner.trim_end_matches(']')),
        None => (annotation, ""),
    };
    let name = name.rsplit('.').next().unwrap_or(name);
    Some(match name {
        "int" => "3",
        "float" => "1.5",
        "str" => "'item'",
        "bytes" => "b'item'",
        "bool" => "True",
        "None" | "object" | "Any" => "None",
        "Optional" | "Union" | "Annotated" | "Final" => {
            return value_of_type(inner.split(',').next()?.trim(), depth + 1);
        }
        "list" | "List" | "Sequence" | "Iterable" | "Collection" | "MutableSequence" | "Iterator" => match inner {
            "str" => "['a', 'b', 'c']",
            "float" => "[1.5, 2.5, 3.5]",
            "Path" | "pathlib.Path" => "[pathlib.Path('a'), pathlib.Path('b')]",
            "" | "int" | "Any" => "[1, 2, 3]",
            _ => return None,
        },
        "tuple" | "Tuple" => "(1, 2)",
        "set" | "Set" | "frozenset" => "{1, 2, 3}",
        "dict" | "Dict" | "Mapping" | "MutableMapping" => "{}",
        "Path" | "PathLike" => "pathlib.Path(tempfile.mkdtemp())",
        "Callable" => "nothing",
        "Logger" => "logging.getLogger('item')",
        "Queue" | "JoinableQueue" | "SimpleQueue" => "multiprocessing.Queue()",
        "Lock" => "multiprocessing.Lock()",
        "Event" => "multiprocessing.Event()",
        _ => return None,
    })
}

/// The names that hold something of what is made up, as far as assignments tell.
fn spread(mut names: BTreeSet<String>, outline: &Outline, scope: Span) -> BTreeSet<String> {
    let flows: Vec<_> = outline.flows.iter().filter(|flow| scope.contains(flow.span)).collect();
    loop {
        let before = names.len();
        for flow in &flows {
            if flow.from.iter().any(|name| names.contains(name)) {
                names.extend(flow.to.iter().cloned());
            }
        }
        if names.len() == before {
            return names;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(text: &str, callee: &str) -> Result<(String, usize), String> {
        let outline = Outline::of(text).unwrap();
        let routine = outline.routines.iter().find(|routine| routine.name == callee).unwrap();
        let params = routine.params.clone();
        let given = arguments(callee, &params, &outline, &Outlines(Vec::new()))?;
        Ok((given.written.join(", "), given.stand_ins.len()))
    }

    #[test]
    fn arguments_come_from_calls_defaults_and_types() {
        for (text, expected) in [
            (
                "def f(a, b=2, *c, d, **e): pass\nf(1, d='x')\n",
                Ok(("a=1, d='x'".to_owned(), 0)),
            ),
            (
                "def f(a: int, b: list[str]): pass\n",
                Ok(("a=3, b=['a', 'b', 'c']".to_owned(), 2)),
            ),
            (
                "def f(a: 'Path | None'): pass\nf(x)\n",
                Ok(("a=pathlib.Path(tempfile.mkdtemp())".to_owned(), 1)),
            ),
            (
                "N = 3\ndef f(a): pass\nf([N])\n",
                Ok(("a=eval(\"[N]\", vars(module))".to_owned(), 0)),
            ),
            (
                "def f(a): pass\n",
                Err("no argument was found for `a` of `f`".to_owned()),
            ),
            ("def f(a, b): pass\nf(1, x)\nf(y, 2)\n", Ok(("a=1, b=2".to_owned(), 0))),
        ] {
            assert_eq!(given(text, "f"), expected, "{text}");
        }
    }

    #[test]
    fn what_is_made_up_spreads() {
        let text = "def f(a):\n    b = [a]\n    for c in b: pass\n    self.d = c\n    e = 1\n";
        let outline = Outline::of(text).unwrap();
        let names = spread(
            BTreeSet::from(["a".to_owned()]),
            &outline,
            Span::new(0, text.len() as u32),
        );
        assert_eq!(names.into_iter().collect::<Vec<_>>(), ["a", "b", "c", "d"]);
    }

    #[test]
    fn callers_are_found() {
        let text = "def work(q): q.get()\ndef begin():\n    Process(target=work)\ndef outer(): begin()\nclass A(Process):\n    def run(self): pass\ndef other(): A().start()\n";
        let outline = Outline::of(text).unwrap();
        let leading = |name: &str| {
            let routine = outline.routines.iter().find(|routine| routine.name == name).unwrap();
            let goal = Goal {
                outline: &outline,
                text,
                span: routine.span,
            };
            let found = leading_to(routine, goal, &outline, text);
            found
                .iter()
                .map(|(depth, one)| format!("{} {depth}", one.name))
                .collect::<Vec<_>>()
        };
        assert_eq!(leading("work"), ["work 0", "begin 1", "outer 2"]);
        assert_eq!(leading("run"), ["run 0", "other 1"]);
    }
}
