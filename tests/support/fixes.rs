//! Programs after their fixes, with nothing written that stays.

use std::fs;
use std::path::{Path, PathBuf};

use mplint::api::Api;
use mplint::files::discover::DiscoverOptions;
use mplint::files::scan::Scanner;
use mplint::files::{PathPatterns, Unwritten};
use mplint::findings::{Confidence, Severity, Targets};
use mplint::fix::{self, Fixes, Wanted, rounds};
use mplint::lint::{self, Options, Outcome};

/// Makes the fixes of a program, those of one rule only where a code is given. A program of one file may be of any bytes.
pub fn fixed(files: &[(String, Vec<u8>)], code: Option<&str>, wanted: Wanted) -> Fixes {
    let api = Api::built_in().unwrap_or_else(|error| panic!("{error}"));
    let scanner = Scanner::new(std::iter::empty()).unwrap_or_else(|error| panic!("{error}"));
    let folder = (files.len() > 1).then(|| {
        let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
        for (name, bytes) in files {
            let path = folder.path().join(name);
            let made = path.parent().map_or(Ok(()), fs::create_dir_all);
            made.and_then(|()| fs::write(&path, bytes))
                .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        }
        folder
    });
    let discover = DiscoverOptions {
        working_directory: match &folder {
            Some(folder) => folder.path().to_owned(),
            None => PathBuf::from("/nowhere"),
        },
        excludes: PathPatterns::new(&[]).unwrap_or_else(|error| panic!("{error}")),
        force_exclude: false,
        threads: 1,
    };
    let options = Options {
        discover: &discover,
        scanner: &scanner,
        api,
        targets: Targets::default(),
        min_severity: Severity::Note,
        min_confidence: Confidence::Low,
        watch: None,
        whole_programs: false,
        enabled: &|_, _| true,
    };
    let absolute = |path: &Path| discover.working_directory.join(path);
    let lint = |unwritten: &Unwritten| -> Outcome {
        let mut outcome = match files {
            [(name, bytes)] => {
                let bytes = unwritten.get(&absolute(Path::new(name))).unwrap_or(bytes);
                lint::check_stream(bytes, name, &options)
            }
            _ => lint::check_paths_with(&[], unwritten, &options),
        };
        assert!(outcome.internal_errors.is_empty(), "{:?}", outcome.internal_errors);
        for finding in &mut outcome.findings {
            if code.is_some_and(|code| finding.rule.code != code) {
                finding.fix = None;
            }
        }
        outcome
    };
    let read = |file: &mplint::files::SourceFile| match files {
        [(_, bytes)] => Some(bytes.clone()),
        _ => rounds::read_again(&absolute(file.path())),
    };
    fix::fix(&lint, &absolute, &read, wanted)
}
