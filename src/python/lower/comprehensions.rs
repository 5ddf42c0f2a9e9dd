//! Comprehensions and generator expressions, which stand inline.

use ruff_python_ast::{Comprehension, Expr};
use ruff_text_size::Ranged;

use super::Lowerer;
use super::builder::span;
use crate::python::ir::{BuildItem, BuildKind, OpKind, Place, Slot, Temp};

impl<'a> Lowerer<'a, '_> {
    pub(super) fn comprehension(&mut self, expr: &'a Expr) -> Temp {
        let (kind, generators, key, element): (_, _, Option<&Expr>, &Expr) = match expr {
            Expr::ListComp(comp) => (BuildKind::List, &comp.generators, None, &comp.elt),
            Expr::SetComp(comp) => (BuildKind::Set, &comp.generators, None, &comp.elt),
            Expr::Generator(comp) => (BuildKind::Generator, &comp.generators, None, &comp.elt),
            Expr::DictComp(comp) => (BuildKind::Dict, &comp.generators, comp.key.as_deref(), &comp.value),
            _ => return self.unknown(expr.range()),
        };
        for generator in generators {
            self.generator(generator);
        }
        let item = match (key, element) {
            (Some(key), _) => {
                let key = self.expr(key);
                BuildItem::Pair(key, self.expr(element))
            }
            (None, Expr::Starred(starred)) => BuildItem::Star(self.expr(&starred.value)),
            (None, _) if kind == BuildKind::Dict => BuildItem::Star(self.expr(element)),
            (None, _) => BuildItem::Value(self.expr(element)),
        };
        for _ in generators {
            self.f.emit(OpKind::LoopExit, span(expr.range()));
        }
        self.build(kind, Box::new([item]), true, expr.range())
    }

    /// One `for` clause: enters its loop, takes an element and evaluates the conditions.
    fn generator(&mut self, generator: &'a Comprehension) {
        let iterable = self.iterable(&generator.iter);
        self.f.emit(OpKind::LoopEnter, span(generator.range));
        self.iterate(iterable, &generator.iter, &generator.target, generator.is_async);
        for test in &generator.ifs {
            self.expr(test);
        }
    }

    /// Puts what a loop runs over into a hidden slot.
    pub(super) fn iterable(&mut self, iter: &'a Expr) -> Slot {
        let value = self.expr(iter);
        let slot = self.f.hidden_slot();
        let place = Place::Local(slot);
        self.f.emit(OpKind::Store { place, value }, span(iter.range()));
        slot
    }

    /// Takes the next element and assigns it to the target.
    pub(super) fn iterate(&mut self, iterable: Slot, iter: &'a Expr, target: &'a Expr, is_async: bool) {
        let dst = self.f.temp();
        self.f.emit(
            OpKind::Iterate {
                dst,
                iterable,
                is_async,
            },
            span(iter.range()),
        );
        self.store(target, dst);
    }
}
