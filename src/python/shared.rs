//! A file that is parsed once for all programs that it is part of.
//!
//! Each program has a table of names of its own, and the names of a file have numbers in it that depend on what came before.
//! So a file is lowered with a table of only its own names. Who takes it into a program adds these to the program's, in the
//! order in which they came: the numbers are those that parsing it there would have given.

use super::ir::Module;
use super::{Comment, Parsed, Symbol, Symbols, SyntaxError, parse_excerpt, parse_file};
use crate::files::SourceFile;

use std::sync::Arc;

/// A file or an excerpt of it, parsed and lowered for itself.
#[derive(Debug)]
pub struct Lowered {
    /// The control flow graphs, with the numbers of names in `symbols`.
    pub module: Arc<Module>,
    /// Its names.
    pub symbols: Symbols,
    /// The comments, in order.
    pub comments: Vec<Comment>,
    /// What could not be parsed, in order.
    pub errors: Vec<SyntaxError>,
}

impl Lowered {
    /// A whole file.
    #[must_use]
    pub fn of_file(file: &SourceFile) -> Self {
        Self::of(|symbols| parse_file(file, symbols))
    }

    /// An excerpt of a file.
    #[must_use]
    pub fn of_excerpt(excerpt: &str) -> Self {
        Self::of(|symbols| parse_excerpt(excerpt, symbols))
    }

    fn of(parse: impl FnOnce(&mut Symbols) -> Parsed) -> Self {
        let mut symbols = Symbols::default();
        let Parsed {
            module,
            comments,
            errors,
        } = parse(&mut symbols);
        Self {
            module: Arc::new(module),
            symbols,
            comments,
            errors,
        }
    }

    /// The code as part of a program with these names.
    #[must_use]
    pub fn module_with(&self, symbols: &mut Symbols) -> Module {
        let names: Vec<Symbol> = self.symbols.names().map(|name| symbols.intern_shared(name)).collect();
        Module::clone(&self.module).renamed(&names)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::python::parse;

    /// Everything that is a name must come out as if the file had been parsed in the other program.
    #[test]
    fn named_as_if_parsed_there() {
        let text = "import a.b as c\nfrom .d import e as f\nfrom g import *\n@h.i(j=1)\nclass K(L, m=N):\n    o: P[Q] = R\n    \
                    s = o\n    def t(self, u: 'V.W' = x, *y, z=0, **aa) -> ab:\n        global ac\n        ac = self.ad = {'ae': u}\n        \
                    del self.af, ac\n        try:\n            if ag.ah is None and s: return lambda ai: ai\n        except (aj.ak, al):\n            \
                    raise\n        return super().am(*y, an=[ao for ao in z if ao in ap], **aa) or __class__\n";
        let mut symbols = Symbols::default();
        for name in ["u", "other", "ae", "K"] {
            symbols.intern(name);
        }
        let lowered = Lowered::of(|symbols| parse(text, symbols));
        let mut shared = symbols.clone();
        let module = lowered.module_with(&mut shared);
        let directly = parse(text, &mut symbols).module;
        assert_eq!(format!("{module:?}"), format!("{directly:?}"));
        assert_ne!(format!("{module:?}"), format!("{:?}", lowered.module));
        assert!(symbols.names().eq(shared.names()));
    }
}
