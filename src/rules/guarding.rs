//! What a main guard would have to take in, and whom it would hide names from.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::Check;
use super::mp001_missing_main_guard::starts_at_import;
use crate::files::Span;
use crate::findings::{Applicability, Fix};
use crate::model::Model;
use crate::model::code::{Unit, UnitId};
use crate::model::events::ContextKind;
use crate::python::Symbol;
use crate::python::edits::{Outline, PartKind};
use crate::python::ir::{FunctionId, FunctionKind, OpKind, Place};

/// More guards than this in one file, and somebody should look at it.
const MOST_GUARDS: usize = 2;

const MESSAGE: &str = "Put it under `if __name__ == \"__main__\":`";

/// The call at a place, which is at the outermost level of the program's first file, put under a main guard with all that
/// belongs to it.
pub(super) fn guard(check: &Check<'_>, call: Span) -> Option<Fix> {
    let code = &check.model.code;
    let root = code.unit(UnitId::ROOT);
    // What another file does when it is imported somebody may rely on.
    if !Arc::ptr_eq(code.locate(call).0, &root.file) || root.module().is_notebook {
        return None;
    }
    let (source, place) = check.source(call)?;
    let outline = source.outline();
    let first = outline.at(place)?;
    match outline.parts.get(first)?.kind {
        PartKind::Definition | PartKind::Import | PartKind::Guard => return None,
        PartKind::WideGuard => return Some(Fix::safe(MESSAGE, source.narrowed(first)?)),
        PartKind::Constant | PartKind::Made | PartKind::Call | PartKind::Work => {}
    }
    let mut level = Level::of(check, root, outline);
    level.guard_from(first);
    level.guard_before(first, |part| {
        source.is_called(part, &["set_start_method", "freeze_support"])
    });
    let is_sure = level.may_be_hidden(check)?;
    let runs = level.runs();
    let edits = source.guarded(&runs)?;
    let mut hides: Vec<String> = level
        .hidden
        .iter()
        .map(|name| check.model.name(*name).to_owned())
        .collect();
    hides.sort();
    Some(Fix {
        applicability: if is_sure && runs.len() <= MOST_GUARDS {
            Applicability::Safe
        } else {
            Applicability::Unsafe
        },
        hides,
        ..Fix::safe(MESSAGE, edits)
    })
}

/// A call at the outermost level of the program's first file put under a main guard, alone.
pub(super) fn guard_alone(check: &Check<'_>, call: Span) -> Option<Fix> {
    let code = &check.model.code;
    if !Arc::ptr_eq(code.locate(call).0, &code.unit(UnitId::ROOT).file) {
        return None;
    }
    let (source, place) = check.source(call)?;
    let outline = source.outline();
    let at = outline.at(place)?;
    if outline.parts.get(at)?.kind != PartKind::Call {
        return None;
    }
    Some(Fix::safe(MESSAGE, source.guarded(std::slice::from_ref(&(at..at + 1)))?))
}

/// The outermost level of a file, with the names that its statements bind and read.
struct Level {
    outline: Outline,
    parts: Vec<Names>,
    /// What functions read, wherever they stand: the statement that they are part of, and the function.
    later: Vec<(usize, FunctionId, Symbol)>,
    guarded: Vec<bool>,
    hidden: FxHashSet<Symbol>,
}

#[derive(Default)]
struct Names {
    binds: FxHashSet<Symbol>,
    /// As the module is imported.
    reads: FxHashSet<Symbol>,
    /// It starts processes itself.
    starts: bool,
}

impl Level {
    fn of(check: &Check<'_>, unit: &Unit, outline: Outline) -> Self {
        let model = check.model;
        let mut parts: Vec<Names> = outline.parts.iter().map(|_| Names::default()).collect();
        let mut later = Vec::new();
        for id in unit.functions().map(FunctionId) {
            let function = model.function(id);
            let is_later = runs_later(model, id);
            for op in function.blocks.iter().flat_map(|block| &block.ops) {
                // The root's places are those in its text.
                let Some(at) = outline.at(op.span) else { continue };
                match op.kind {
                    OpKind::Store {
                        place: Place::Global(name),
                        ..
                    } if id == unit.body() => {
                        parts[at].binds.insert(name);
                    }
                    OpKind::Load { place, or_else, .. } => {
                        for place in [Some(place), or_else].into_iter().flatten() {
                            if let Place::Global(name) = place {
                                if is_later {
                                    later.push((at, id, name));
                                } else {
                                    parts[at].reads.insert(name);
                                }
                            }
                        }
                    }
                    _ => {}
                }
            }
        }
        for event in model.events() {
            let place = check.outermost_call(event.chain).unwrap_or(event.span);
            if let Some(at) = outline.at(place)
                && Arc::ptr_eq(model.code.locate(place).0, &unit.file)
                && !parts[at].starts
                && starts_at_import(check, event).is_some()
            {
                parts[at].starts = true;
            }
        }
        Self {
            guarded: vec![false; parts.len()],
            outline,
            parts,
            later,
            hidden: FxHashSet::default(),
        }
    }

    fn take(&mut self, at: usize) {
        self.guarded[at] = true;
        self.hidden.extend(&self.parts[at].binds);
    }

    /// Guards a statement, and of those that follow all that do something; but not what others need and can have without.
    fn guard_from(&mut self, first: usize) {
        self.take(first);
        for at in first + 1..self.parts.len() {
            let part = &self.parts[at];
            let depends = !part.reads.is_disjoint(&self.hidden);
            let is_taken = match self.outline.parts[at].kind {
                PartKind::Definition | PartKind::Import | PartKind::Guard | PartKind::WideGuard => false,
                PartKind::Constant => depends,
                PartKind::Made | PartKind::Work | PartKind::Call => {
                    depends || part.starts || !self.is_needed_by_others(&part.binds, at)
                }
            };
            if is_taken {
                self.take(at);
            }
        }
    }

    /// Guards what stands right before a statement and is there for what is guarded alone.
    fn guard_before(&mut self, first: usize, belongs: impl Fn(usize) -> bool) {
        for at in (0..first).rev() {
            let part = &self.parts[at];
            let is_used = |name: &Symbol| {
                let guarded = self.parts.iter().zip(&self.guarded).filter(|(_, guarded)| **guarded);
                guarded.into_iter().any(|(part, _)| part.reads.contains(name))
            };
            let is_taken = match self.outline.parts[at].kind {
                PartKind::Made => {
                    !part.binds.is_empty()
                        && part.binds.iter().all(is_used)
                        && !self.is_needed_by_others(&part.binds, at)
                }
                PartKind::Call => belongs(at),
                _ => false,
            };
            if !is_taken {
                break;
            }
            self.take(at);
        }
    }

    /// Whether names are read by functions, or by statements that are not guarded, besides the one that binds them.
    fn is_needed_by_others(&self, names: &FxHashSet<Symbol>, binder: usize) -> bool {
        let by_functions = self
            .later
            .iter()
            .any(|(at, _, name)| *at != binder && !self.guarded[*at] && names.contains(name));
        by_functions
            || self.parts.iter().enumerate().any(|(at, part)| {
                at != binder
                    && !self.guarded[at]
                    && self.outline.parts[at].kind == PartKind::Definition
                    && !part.reads.is_disjoint(names)
            })
            // Statements that come before what is guarded.
            || self.parts.iter().enumerate().any(|(at, part)| {
                let is_before = self.guarded.iter().position(|guarded| *guarded).is_some_and(|first| at < first);
                is_before && at != binder && !part.reads.is_disjoint(names)
            })
    }

    /// Whether nobody misses the hidden names: surely, or as far as is known. None where somebody does.
    fn may_be_hidden(&self, check: &Check<'_>) -> Option<bool> {
        let first = self.guarded.iter().position(|guarded| *guarded)?;
        for (at, part) in self.parts.iter().enumerate().skip(first) {
            let is_main_only = self.guarded[at] || self.outline.parts[at].kind == PartKind::Guard;
            if !is_main_only && !part.reads.is_disjoint(&self.hidden) {
                return None;
            }
        }
        let is_main_only = |at: usize| self.guarded[at] || self.outline.parts[at].kind == PartKind::Guard;
        let mut is_sure = true;
        for (at, function, name) in &self.later {
            if is_main_only(*at) || !self.hidden.contains(name) {
                continue;
            }
            let mut is_run = false;
            for (id, chain) in check.model.chains().filter(|(_, chain)| chain.function == *function) {
                if check.model.is_child(chain.context) {
                    return None;
                }
                if check.model.context(chain.context).kind != ContextKind::Main {
                    continue;
                }
                let caller = check.outermost_call(id).and_then(|call| self.outline.at(call));
                if !caller.is_some_and(is_main_only) {
                    return None;
                }
                is_run = true;
            }
            is_sure &= is_run;
        }
        Some(is_sure)
    }

    /// The guarded statements, as far as they follow each other.
    fn runs(&self) -> Vec<std::ops::Range<usize>> {
        let mut runs: Vec<std::ops::Range<usize>> = Vec::new();
        for at in (0..self.parts.len()).filter(|at| self.guarded[*at]) {
            match runs.last_mut() {
                Some(run) if run.end == at => run.end = at + 1,
                _ => runs.push(at..at + 1),
            }
        }
        runs
    }
}

/// Whether a function, or one around it, is run only when it is called, and not as the module is imported.
fn runs_later(model: &Model<'_>, id: FunctionId) -> bool {
    let mut at = Some(id);
    while let Some(id) = at {
        let function = model.function(id);
        if matches!(
            function.kind,
            FunctionKind::Def | FunctionKind::AsyncDef | FunctionKind::Lambda
        ) {
            return true;
        }
        at = function.parent;
    }
    false
}
