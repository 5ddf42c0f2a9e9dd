//! Stand-ins for modules that are not installed. They let a program run as far as it does not need them; what is done
//! with them is noted, and nothing is believed of a run in which one was on the way of the data.

use super::oracle::OURS;
use super::places::{self, Place};
use crate::runtime::job::ProgramFile;
use crate::runtime::observation::Observation;
use crate::runtime::probe::events::What;

/// The folder in which they are found.
pub const FOLDER: &str = "mplint_stand_ins";

/// The files of the stand-ins for some modules.
pub fn files<'m>(modules: impl Iterator<Item = &'m str>) -> Vec<ProgramFile> {
    let code = ProgramFile {
        path: format!("{FOLDER}/{OURS}stand_in.py"),
        text: include_str!("stand_in.py").to_owned(),
    };
    let module = |name| ProgramFile {
        path: format!("{FOLDER}/{name}/__init__.py"),
        text: format!("from {OURS}stand_in import stand_in\nstand_in({name:?})\n"),
    };
    std::iter::once(code).chain(modules.map(module)).collect()
}

/// Where a stand-in was on the way of what the places speak of.
#[must_use]
pub fn on_the_way(seen: &Observation, places: &[Place]) -> Option<String> {
    seen.said.iter().find_map(|event| match &event.what {
        What::Touched { name, how, at } => {
            let at = at.as_ref().and_then(|at| Some((at.file.as_str(), at.line?)));
            let is_there = at.is_some_and(|(file, row)| places::hold(places, file, row));
            let is_on_the_way = how == "pickled" || (is_there && how != "inherited");
            is_on_the_way.then(|| match at {
                Some((file, row)) => format!("`{name}`, for which there is only a stand-in, is {how} at {file}:{row}"),
                None => format!("`{name}`, for which there is only a stand-in, is {how}"),
            })
        }
        _ => None,
    })
}

/// The arguments that the program asked for on its command line and was given. Paths of ours are shortened.
#[must_use]
pub fn arguments(seen: &Observation) -> Vec<String> {
    let given = seen.said.iter().find_map(|event| match &event.what {
        What::Arguments { words } => Some(words),
        _ => None,
    });
    let shortened = |word: &String| match word.rsplit_once('/') {
        Some((folder, name)) if folder.starts_with('/') => format!("…/{name}"),
        _ => word.clone(),
    };
    given.into_iter().flatten().map(shortened).collect()
}
