//! Repairs that hide names of a module, held against those who import it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::{Options, read};
use crate::files::imports::{Imported, imports};
use crate::files::{FileReader, Unwritten};
use crate::findings::{Applicability, Finding};
use crate::program::{ImportList, Modules, ProjectFiles};

/// Files that lie beside a file and are looked at for what they import of it.
const MOST_BESIDE: usize = 200;

/// Who imports a module.
#[derive(Default)]
struct Use {
    /// The module as a whole.
    whole: bool,
    names: Vec<String>,
}

/// The files of a walk that may import others.
pub(super) struct Candidates {
    /// Those that were linted.
    pub looked_at: Vec<PathBuf>,
    /// The rest, with what they import.
    pub others: Vec<(PathBuf, ImportList)>,
}

/// Takes back the fixes that hide a name from a file that imports it, and those of imported modules say that somebody has to
/// look at them.
pub(super) fn take_back(
    findings: &mut [Finding],
    candidates: &Candidates,
    unwritten: &Unwritten,
    project: &ProjectFiles<'_>,
    options: &Options<'_>,
) {
    judge(findings, project, |uses, hidden| {
        let may_import: Vec<_> = hidden
            .iter()
            .map(|(path, names)| project.may_import(path, names.iter().map(String::as_str)))
            .collect();
        let others = candidates
            .others
            .iter()
            .filter(|(_, imports)| may_import.iter().any(|may| may(imports)))
            .map(|(path, _)| path);
        let mut reader = FileReader::new();
        let mut found = Imports::new();
        for walked in candidates.looked_at.iter().chain(others) {
            if let Ok(bytes) = read(&mut reader, walked, unwritten, options) {
                found.extend(imported_of(uses, &project.path_of(walked), bytes, project));
            }
        }
        found
    });
}

/// The same where only the files beside are known.
pub(super) fn take_back_beside(findings: &mut [Finding], project: &ProjectFiles<'_>) {
    judge(findings, project, |_, _| Vec::new());
}

type Uses = FxHashMap<Arc<Path>, Use>;

/// The names that a fix hides in a file.
type Hidden = Vec<(Arc<Path>, Vec<String>)>;

fn judge(findings: &mut [Finding], project: &ProjectFiles<'_>, importers: impl FnOnce(&Uses, &Hidden) -> Imports) {
    let hides = |finding: &Finding| finding.fix.as_ref().is_some_and(|fix| !fix.hides.is_empty());
    let mut uses = Uses::default();
    let mut beside = Vec::new();
    let mut hidden = Hidden::new();
    for finding in findings.iter().filter(|finding| hides(finding)) {
        let path = project.path_of(finding.location.file.path());
        beside.extend(path.parent().map(Path::to_owned));
        let names = finding.fix.as_ref().map(|fix| fix.hides.clone()).unwrap_or_default();
        hidden.push((Arc::clone(&path), names));
        uses.insert(path, Use::default());
    }
    if uses.is_empty() {
        return;
    }
    beside.sort();
    beside.dedup();
    let all: Imports = importers(&uses, &hidden)
        .into_iter()
        .chain(
            beside
                .iter()
                .flat_map(|folder| importers_beside(&uses, folder, project)),
        )
        .collect();
    for (path, name) in all {
        let Some(found) = uses.get_mut(&path) else { continue };
        match name {
            Some(name) => found.names.push(name),
            None => found.whole = true,
        }
    }
    for finding in findings.iter_mut().filter(|finding| hides(finding)) {
        let Some(found) = uses.get(&project.path_of(finding.location.file.path())) else {
            continue;
        };
        let Some(fix) = &mut finding.fix else { continue };
        if found.names.iter().any(|name| name == "*" || fix.hides.contains(name)) {
            finding.fix = None;
        } else if found.whole || !found.names.is_empty() {
            fix.applicability = fix.applicability.min(Applicability::Unsafe);
        }
    }
}

type Imports = Vec<(Arc<Path>, Option<String>)>;

/// What the files in a folder import of some modules, whether or not somebody asked about them.
fn importers_beside(uses: &Uses, folder: &Path, project: &ProjectFiles<'_>) -> Imports {
    let mut reader = FileReader::new();
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let files = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "py"));
    let mut found = Vec::new();
    for path in files.take(MOST_BESIDE) {
        if let Ok(bytes) = reader.read(&path) {
            found.extend(imported_of(uses, &project.path_of(&path), bytes, project));
        }
    }
    found
}

/// What a file imports of some modules: each with the name, or none for the whole module.
fn imported_of(uses: &Uses, importer: &Path, bytes: &[u8], project: &ProjectFiles<'_>) -> Imports {
    let is_named = |path: &Arc<Path>| {
        let stem = path.file_stem().unwrap_or_default().as_encoded_bytes();
        memchr::memmem::find(bytes, stem).is_some()
    };
    // Of a package its folder is named.
    if !uses
        .keys()
        .any(|path| is_named(path) || crate::program::is_package(path))
    {
        return Vec::new();
    }
    let target = |level: u32, dotted: &str| {
        let path = project.resolve(importer, level, dotted)?.path?;
        (uses.contains_key(&path) && *path != *importer).then_some(path)
    };
    let mut found = Vec::new();
    for import in imports(bytes).into_iter().flatten() {
        let of_module = target(import.level, import.module);
        match import.what {
            Imported::Name(name) => {
                let inner = match import.module {
                    "" => name.to_owned(),
                    module => format!("{module}.{name}"),
                };
                found.extend(of_module.map(|path| (path, Some(name.to_owned()))));
                found.extend(target(import.level, &inner).map(|path| (path, None)));
            }
            Imported::All => found.extend(of_module.map(|path| (path, Some("*".to_owned())))),
            Imported::Global | Imported::Inside | Imported::Renamed => {
                found.extend(of_module.map(|path| (path, None)));
            }
        }
    }
    found
}
