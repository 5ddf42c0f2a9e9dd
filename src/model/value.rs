//! Abstract values: what a variable may hold.

use std::rc::Rc;

use super::heap::ObjectId;
use super::names::PathId;
use crate::python::Symbol;
use crate::python::ir::FunctionId;

/// One thing that a variable may hold.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Atom {
    /// Anything; nothing may be concluded from it.
    Unknown,
    /// `None`
    None,
    /// A truth value.
    Bool(bool),
    /// This integer.
    Int(i64),
    /// This number with a fraction, in thousandths.
    Float(i64),
    /// This string.
    Str(Symbol),
    /// Some number or truth value: small, and nobody's handle.
    Scalar,
    /// A number that follows from how many processors there are.
    Processors {
        /// What it is where there is only one.
        least: i32,
        /// Whether it is at least the number of all processors of the machine, which may be more than those that this
        /// process may use.
        all: bool,
    },
    /// Some string or bytes.
    Text,
    /// Some string or bytes of this length.
    Sized(u32),
    /// A module, function or class of a library, by its dotted name.
    Path(PathId),
    /// The same, reached through a context object: `ctx.Process`.
    Member(ObjectId, PathId),
    /// A function of the program, with the frame it closes over.
    Function(FunctionId, Option<ObjectId>),
    /// A method bound to its object.
    Bound(BoundId),
    /// An object of the heap.
    Object(ObjectId),
    /// What was read from a shared value: writing something made of it back is an update.
    ReadFrom(ObjectId),
    /// What has come out of this queue or connection: a copy, whatever was put in.
    Received(ObjectId),
    /// Whether this process still runs.
    Alive(ObjectId),
    /// The number of this process, which is `None` until it is started.
    Started(ObjectId),
    /// The exit code of this process, which is `None` until it has ended.
    Ended(ObjectId),
    /// Whether this is the main module (`true`) or is not (`false`), as a truth value.
    IsMain(bool),
}

/// Number of a pair of object and method; see [`super::names::Names::bound`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct BoundId(pub u32);

/// More alternatives than this are [`Atom::Unknown`].
const MOST: usize = 16;

/// What a variable may hold: a sorted set of alternatives. Empty where control never gets there.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Value(Atoms);

/// Nearly every value has one alternative, and values are copied with each variable that is read and each state that
/// branches. So the one is kept in place, and what is larger is shared: a copy is sixteen bytes.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
enum Atoms {
    #[default]
    None,
    One(Atom),
    /// At least two.
    Several(Rc<Vec<Atom>>),
}

impl Value {
    /// Nothing: no way leads here.
    #[must_use]
    pub fn never() -> Self {
        Self::default()
    }

    /// Anything.
    #[must_use]
    pub fn unknown() -> Self {
        Atom::Unknown.into()
    }

    /// The alternatives.
    #[must_use]
    pub fn atoms(&self) -> &[Atom] {
        match &self.0 {
            Atoms::None => &[],
            Atoms::One(atom) => std::slice::from_ref(atom),
            Atoms::Several(atoms) => atoms,
        }
    }

    /// The one alternative, if there is just one.
    #[must_use]
    pub fn single(&self) -> Option<Atom> {
        match self.0 {
            Atoms::One(atom) => Some(atom),
            _ => None,
        }
    }

    /// Whether there is no alternative.
    #[must_use]
    pub fn is_never(&self) -> bool {
        matches!(self.0, Atoms::None)
    }

    /// Whether anything may be among the alternatives.
    #[must_use]
    pub fn may_be_unknown(&self) -> bool {
        self.atoms().first() == Some(&Atom::Unknown)
    }

    /// The objects among the alternatives.
    pub fn objects(&self) -> impl Iterator<Item = ObjectId> + '_ {
        self.atoms().iter().filter_map(|atom| match atom {
            Atom::Object(id) => Some(*id),
            _ => None,
        })
    }

    /// Whether all objects among the alternatives of another value are among these.
    #[must_use]
    pub fn holds_objects_of(&self, other: &Self) -> bool {
        other
            .objects()
            .all(|id| self.atoms().binary_search(&Atom::Object(id)).is_ok())
    }

    /// Adds an alternative; says whether that changed anything.
    pub fn insert(&mut self, atom: Atom) -> bool {
        let Err(at) = self.atoms().binary_search(&atom) else {
            return false;
        };
        match &mut self.0 {
            Atoms::None => self.0 = Atoms::One(atom),
            Atoms::One(other) => {
                let mut both = vec![*other];
                both.insert(at, atom);
                self.0 = Atoms::Several(Rc::new(both));
            }
            Atoms::Several(atoms) if atoms.len() < MOST => Rc::make_mut(atoms).insert(at, atom),
            Atoms::Several(atoms) if atoms.first() == Some(&Atom::Unknown) => return false,
            Atoms::Several(_) => self.0 = Atoms::One(Atom::Unknown),
        }
        true
    }

    /// Adds all alternatives of another value; says whether that changed anything.
    pub fn join(&mut self, other: &Self) -> bool {
        if self == other {
            return false;
        }
        if self.is_never() {
            self.clone_from(other);
            return true;
        }
        let mut changed = false;
        for &atom in other.atoms() {
            changed |= self.insert(atom);
        }
        changed
    }

    /// This or the other.
    #[must_use]
    pub fn or(mut self, other: &Self) -> Self {
        self.join(other);
        self
    }

    /// The alternatives that pass a test.
    #[must_use]
    pub fn filter(&self, keep: impl Fn(Atom) -> bool) -> Self {
        self.atoms().iter().copied().filter(|&atom| keep(atom)).collect()
    }

    /// How many seconds it is at most, where all alternatives are numbers that are known.
    #[must_use]
    pub fn seconds(&self) -> Option<f64> {
        let seconds = self.atoms().iter().map(|atom| match *atom {
            Atom::Int(seconds) => Some(seconds as f64),
            Atom::Float(thousandths) => Some(thousandths as f64 / 1e3),
            _ => None,
        });
        seconds.reduce(|all, one| Some(all?.max(one?))).flatten()
    }

    /// Whether it is a number, truth value or nothing at all, for certain: a few bytes when pickled.
    #[must_use]
    pub fn is_scalar(&self) -> bool {
        !self.is_never()
            && self.atoms().iter().all(|atom| {
                matches!(
                    atom,
                    Atom::None
                        | Atom::Bool(_)
                        | Atom::Int(_)
                        | Atom::Scalar
                        | Atom::Float(_)
                        | Atom::Processors { .. }
                        | Atom::ReadFrom(_)
                        | Atom::Alive(_)
                        | Atom::IsMain(_)
                )
            })
    }
}

impl From<Atom> for Value {
    fn from(atom: Atom) -> Self {
        Self(Atoms::One(atom))
    }
}

impl From<ObjectId> for Value {
    fn from(id: ObjectId) -> Self {
        Atom::Object(id).into()
    }
}

impl FromIterator<Atom> for Value {
    fn from_iter<I: IntoIterator<Item = Atom>>(atoms: I) -> Self {
        let mut value = Self::never();
        for atom in atoms {
            value.insert(atom);
        }
        value
    }
}
