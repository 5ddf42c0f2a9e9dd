//! A start method that does not exist, or not on Windows.

use super::{Check, Hook};
use crate::api::Effect;
use crate::findings::{Platform, Platforms, Remedy, Severity, StartMethod, StartMethods};
use crate::model::Model;
use crate::model::events::{Arguments, Caught, Event, EventKind};
use crate::model::value::{Atom, Value};
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

/// What a program writes that asks for the platform before it chooses.
const ASKS: &[&str] = &[
    "sys.platform",
    "os.name",
    "platform.system",
    "platform import",
    "get_all_start_methods",
    "hasattr(os",
    "\"win32\"",
    "'win32'",
    "Windows",
    "WINDOWS",
];

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for event in model.events() {
        let Some(method) = chosen(event) else { continue };
        if event.caught.intersects(Caught::VALUE | Caught::ANY) {
            continue;
        }
        let Some(Atom::Str(name)) = method.single() else {
            continue;
        };
        let name = model.name(name);
        match StartMethod::from_name(name) {
            None => check.report(
                Draft::new(
                    event.span,
                    format!("there is no start method `{name}`, so this raises `ValueError`"),
                )
                .under(StartMethods::all(), true)
                .remedy(Remedy::KnownMethod)
                .help("the start methods are `spawn`, `fork` and `forkserver`"),
            ),
            Some(StartMethod::Spawn) => {}
            Some(_) if !model.targets().platforms.contains(Platforms::WINDOWS) || asks_for_platform(model, event) => {}
            Some(_) => {
                let severity = if model.targets().are_platforms_named {
                    Severity::Warning
                } else {
                    Severity::Note
                };
                check.report(
                    Draft::new(
                        event.span,
                        format!("Windows has no start method `{name}`, and this raises `ValueError` there"),
                    )
                    .severity(severity)
                    .only_on(Platform::Windows)
                    .help("ask `get_all_start_methods()` first, or say in `platforms` on what the program runs"),
                );
            }
        }
    }
}

/// The start method that a call asks for.
fn chosen<'e>(event: &'e Event<'_>) -> Option<&'e Value> {
    let given = |arguments: &'e Arguments<'_>, param| arguments.get(param).map(|argument| &argument.value);
    match &event.kind {
        EventKind::Call { entry, arguments } if entry.effect == Effect::SetStartMethod => given(arguments, "method"),
        EventKind::Make { entry, arguments, .. } => match entry.effect {
            Effect::GetContext => given(arguments, "method"),
            _ => given(arguments, "start_method"),
        },
        _ => None,
    }
}

/// Whether the file of the call, or one on the way there, asks for the platform.
fn asks_for_platform(model: &Model<'_>, event: &Event<'_>) -> bool {
    let mut places = vec![event.span];
    let mut chain = event.chain;
    while let Some((caller, _, span)) = model.chain(chain).caller {
        places.push(span);
        chain = caller;
    }
    places.into_iter().any(|place| {
        let (file, _) = model.code.locate(place);
        ASKS.iter().any(|asks| file.text().contains(asks))
    })
}
