//! What a module may have to do with processes, told from the names in it.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::files::sketch::{Kind, Sketch, Use, Word};

/// What a module may have to do with processes, as a look over the names in it tells.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Outlook {
    /// Its globals that have; none where any may.
    names: Option<FxHashSet<Word>>,
    /// Whether its own code does something with processes when it is imported.
    pub acts: bool,
}

impl Outlook {
    /// Of a module of which nothing can be told.
    #[must_use]
    pub fn of_anything() -> Self {
        Self {
            names: None,
            acts: true,
        }
    }

    /// Whether a global of this name has to do with processes.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.has_word(Word::of(name))
    }

    pub(super) fn has_word(&self, name: Word) -> bool {
        self.names.as_ref().is_none_or(|names| names.contains(&name))
    }

    pub(super) fn words(&self) -> impl Iterator<Item = &Word> {
        self.names.iter().flatten()
    }

    /// Whether any global may have.
    #[must_use]
    pub fn has_all(&self) -> bool {
        self.names.is_none()
    }

    /// Whether a global has, or the module's own code.
    #[must_use]
    pub fn leads_on(&self) -> bool {
        self.acts || self.names.as_ref().is_none_or(|names| !names.is_empty())
    }
}

/// What is asked of a module that a name is bound to.
#[derive(Clone, Debug)]
pub(super) enum Members {
    /// Members of a library.
    Library(Arc<[Word]>),
    /// Globals of a module of the project.
    Module(Arc<Outlook>),
}

/// What the imports of a file bring that has to do with processes.
#[derive(Clone, Debug, Default)]
pub(super) struct Seeds {
    /// Names that do.
    pub names: FxHashSet<Word>,
    /// Names of modules of which something does.
    pub modules: FxHashMap<Word, Vec<Members>>,
    /// Whether any name may.
    pub anything: bool,
}

impl Seeds {
    pub fn is_empty(&self) -> bool {
        !self.anything && self.names.is_empty() && self.modules.is_empty()
    }

    pub fn add_module(&mut self, name: Word, members: Members) {
        self.modules.entry(name).or_default().push(members);
    }

    /// All names of a module of the project.
    pub fn add_all(&mut self, outlook: &Outlook) {
        match &outlook.names {
            Some(names) => self.names.extend(names),
            None => self.anything = true,
        }
    }

    fn is_met_by(&self, used: &Use) -> bool {
        if self.anything || self.names.contains(&used.name) {
            return true;
        }
        used.member.is_some_and(|member| self.has_member(used.name, member))
    }

    /// Whether nothing but modules and libraries is brought, of which some names matter.
    pub fn are_modules(&self) -> bool {
        self.names.is_empty() && !self.anything
    }

    /// Whether a member of what a name is bound to matters.
    pub fn has_member(&self, name: Word, member: Word) -> bool {
        self.modules.get(&name).is_some_and(|modules| {
            modules.iter().any(|members| match members {
                Members::Library(members) => members.contains(&member),
                Members::Module(outlook) => outlook.has_word(member),
            })
        })
    }
}

/// What of a file has to do with what its imports bring.
#[derive(Debug, Default)]
pub(super) struct Spread {
    /// Globals: those that it imports, and those that it makes with them.
    pub names: FxHashSet<Word>,
    /// Whether any global may have to do with it.
    pub anything: bool,
    /// Whether a line that runs at the import makes a call with it.
    pub acts: bool,
    /// Whether the part of a script that runs only there uses it.
    pub guarded: bool,
    /// Whether a function or class uses it.
    pub defines: bool,
    /// Whether the file is a script: it has a main guard.
    pub is_script: bool,
}

impl Spread {
    /// Follows the names from part to part until nothing new is found.
    pub fn of(sketch: &Sketch, mut seeds: Seeds) -> Self {
        let mut spread = Self::default();
        let mut met = vec![false; sketch.parts().count()];
        loop {
            let mut changed = false;
            for (part, met) in sketch.parts().zip(&mut met) {
                spread.is_script |= part.kind == Kind::Guarded;
                if *met || part.kind == Kind::Import || !sketch.uses(part).iter().any(|used| seeds.is_met_by(used)) {
                    continue;
                }
                *met = true;
                match part.kind {
                    Kind::Guarded => spread.guarded = true,
                    Kind::Line => spread.acts |= part.calls,
                    Kind::Definition => spread.defines = true,
                    Kind::Import => {}
                }
                for &name in sketch.binds(part) {
                    changed |= seeds.names.insert(name);
                }
            }
            if !changed {
                spread.anything = seeds.anything;
                spread.names = seeds.names;
                return spread;
            }
        }
    }

    /// What those who import the file see of it.
    pub fn into_outlook(self) -> Outlook {
        Outlook {
            names: (!self.anything).then_some(self.names),
            acts: self.acts,
        }
    }
}
