//! Copies of what is run, for a person to look at and run again.

use std::fs;
use std::io;
use std::path::Path;

use super::harness::Harness;
use crate::runtime::interpreter::Interpreter;

/// The file that says how a copy is run.
const HOW: &str = "HOW-TO-RUN.txt";

/// Writes the files of a harness into a folder of their own below `folder`, with a word on how to run them.
///
/// # Errors
///
/// Where something cannot be written.
pub fn write(folder: &Path, number: usize, harness: &Harness, interpreter: &Interpreter) -> io::Result<()> {
    let (ready, stand_ins) = harness.ready(interpreter, String::new());
    let folder = folder.join(format!("{number:03}"));
    for file in ready.files.iter() {
        let path = folder.join(&file.path);
        fs::create_dir_all(path.parent().unwrap_or(&folder))?;
        fs::write(path, &file.text)?;
    }
    let search = match ready.search.as_slice() {
        [] => String::new(),
        search => format!("PYTHONPATH={} ", search.join(":")),
    };
    let module = if ready.is_module { "-m " } else { "" };
    let mut how = format!(
        "{}\n\nIn this folder:\n\n    {search}{} {module}{}\n\nThe start method is forced by mplint when it runs this; by \
         itself the program takes its own.\n",
        harness.words(),
        interpreter.executable.display(),
        ready.entry
    );
    for stand_in in stand_ins {
        how.push_str(&format!("\nStand-in: {stand_in}"));
    }
    fs::write(folder.join(HOW), how)
}
