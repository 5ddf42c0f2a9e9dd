//! Names, interned: equal names are equal numbers.

use std::sync::Arc;

use rustc_hash::FxHashMap;

/// An interned name or short string. Comparable only within one [`Symbols`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Symbol(pub u32);

/// The names of one unit of analysis.
#[derive(Clone, Default, Debug)]
pub struct Symbols {
    by_name: FxHashMap<Arc<str>, Symbol>,
    names: Vec<Arc<str>>,
}

impl Symbols {
    /// The symbol of a name.
    pub fn intern(&mut self, name: &str) -> Symbol {
        match self.get(name) {
            Some(symbol) => symbol,
            None => self.add(name.into()),
        }
    }

    /// The symbol of a name of another table.
    pub(super) fn intern_shared(&mut self, name: &Arc<str>) -> Symbol {
        match self.get(name) {
            Some(symbol) => symbol,
            None => self.add(Arc::clone(name)),
        }
    }

    fn add(&mut self, name: Arc<str>) -> Symbol {
        let symbol = Symbol(u32::try_from(self.names.len()).unwrap_or(u32::MAX));
        self.names.push(Arc::clone(&name));
        self.by_name.insert(name, symbol);
        symbol
    }

    /// All names, in the order of their symbols.
    pub(super) fn names(&self) -> impl Iterator<Item = &Arc<str>> {
        self.names.iter()
    }

    /// The symbol of a name, if the name has been seen.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Symbol> {
        self.by_name.get(name).copied()
    }

    /// The name of a symbol.
    #[must_use]
    pub fn name(&self, symbol: Symbol) -> &str {
        self.names.get(symbol.0 as usize).map_or("", |name| name)
    }
}
