//! Whether a file can have to do with processes at all, by what it imports.

use super::Api;
use crate::files::imports::{Import, Imported, imports};

impl Api {
    /// Whether a file imports something of a process library, or what leads to one, as far as its bytes tell.
    ///
    /// The abstract run of a file of which this is false would see nothing: it follows what imports bring.
    #[must_use]
    pub fn is_imported(&self, bytes: &[u8]) -> bool {
        imports(bytes).is_none_or(|imports| imports.iter().any(|import| self.is_reached(import, bytes)))
    }

    fn is_reached(&self, import: &Import<'_>, bytes: &[u8]) -> bool {
        let module = import.module;
        if import.level > 0 {
            return false;
        }
        match import.what {
            Imported::All => self.is_process_path(module),
            Imported::Name(name) => self.leads_to_process(&format!("{module}.{name}")),
            Imported::Renamed => self.leads_to_process(module),
            Imported::Inside => self.is_process_path(module) || self.leads_to_process(first(module)),
            // Of a package that only holds a library, such as `torch`, the next name on the way has to be there, too.
            Imported::Global => {
                let package = first(module);
                self.is_process_path(module)
                    || self.is_process_path(package)
                    || self
                        .steps_from(package)
                        .any(|step| memchr::memmem::find(bytes, step.as_bytes()).is_some())
            }
        }
    }

    /// The names that follow a package on the ways from it to what has to do with processes.
    pub fn steps_from(&self, package: &str) -> impl Iterator<Item = &str> {
        self.process_prefixes
            .iter()
            .filter_map(move |name| name.strip_prefix(package)?.strip_prefix('.')?.split('.').next())
    }
}

fn first(module: &str) -> &str {
    module.split('.').next().unwrap_or(module)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_imports_lead_to() {
        let api = Api::built_in().unwrap();
        for (text, wanted) in [
            ("import multiprocessing", true),
            ("import multiprocessing.pool as p", true),
            ("from multiprocessing import util, Pool", true),
            ("from torch import multiprocessing", true),
            ("import torch\ntorch.multiprocessing", true),
            ("import torch\ntorch.nn", false),
            ("def f():\n    import torch", true),
            ("import torch as t", true),
            ("import torch.nn as nn", false),
            ("from concurrent.futures import ThreadPoolExecutor", false),
            ("from concurrent.futures import *", true),
            ("from dask.multiprocessing import get", false),
            ("from .multiprocessing import Pool", false),
            ("import os, re", false),
            ("from multiprocessing \\\n import Pool", true),
        ] {
            assert_eq!(api.is_imported(text.as_bytes()), wanted, "{text}");
        }
    }
}
