//! What a rule needs to offer a repair: the files of a program as edits see them.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use super::Check;
use crate::files::{SourceFile, Span};
use crate::findings::{Edit, Fix};
use crate::python::edits::Source;

/// The files of a program as edits see them, each parsed once more when it is asked for.
#[derive(Debug, Default)]
pub struct Sources(RefCell<Vec<Parsed>>);

type Parsed = (Arc<SourceFile>, Option<Rc<Source>>);

impl Sources {
    fn of(&self, file: &Arc<SourceFile>) -> Option<Rc<Source>> {
        let mut sources = self.0.borrow_mut();
        if let Some((_, source)) = sources.iter().find(|(known, _)| Arc::ptr_eq(known, file)) {
            return source.clone();
        }
        let source = Source::of(file).map(Rc::new);
        sources.push((Arc::clone(file), source.clone()));
        source
    }
}

impl Check<'_> {
    /// The file that holds a place, to be edited, and the place in it. None where the file cannot be edited.
    #[must_use]
    pub fn source(&self, span: Span) -> Option<(Rc<Source>, Span)> {
        let (file, span) = self.model.code.locate(span);
        Some((self.sources.of(file)?, span))
    }

    /// A repair that keeps what the program means, from edits made at a place.
    #[must_use]
    pub fn safe_fix(
        &self,
        span: Span,
        message: impl Into<String>,
        edit: impl FnOnce(&Source, Span) -> Option<Vec<Edit>>,
    ) -> Option<Fix> {
        let (source, span) = self.source(span)?;
        Some(Fix::safe(message, edit(&source, span)?))
    }

    /// A repair that is shown as one of several, from edits made at a place.
    #[must_use]
    pub fn shown_fix(
        &self,
        span: Span,
        message: impl Into<String>,
        edit: impl FnOnce(&Source, Span) -> Option<Vec<Edit>>,
    ) -> Option<Fix> {
        let (source, span) = self.source(span)?;
        Some(Fix::shown(message, edit(&source, span)?))
    }
}
