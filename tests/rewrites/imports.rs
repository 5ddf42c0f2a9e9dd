//! The same library under other names.

use std::collections::BTreeSet;

use ruff_python_ast::Stmt;
use ruff_text_size::Ranged;

use super::scopes::Role;
use super::source::{Edits, LIBRARIES, Source};

/// `import multiprocessing as mp` under another alias.
pub fn import_alias(source: &Source) -> Option<String> {
    let mut edits = Edits::default();
    for (index, import) in source.imports().iter().enumerate() {
        if import.member.is_some() || !LIBRARIES.contains(&import.module) {
            continue;
        }
        // Without an alias, `import a.b` binds `a`.
        let is_dotted = import.module.contains('.') && !source.text[import.alias.clone()].contains(" as ");
        if is_dotted {
            continue;
        }
        let name = source.fresh(&format!("lib_{index}"));
        edits.replace(import.alias.clone(), format!("{} as {name}", import.module));
        for place in import.variable.with_role(Role::Load) {
            edits.replace(place.span.clone(), name.clone());
        }
    }
    edits.apply(&source.text)
}

/// `mp.Process` becomes `Process`, by `from multiprocessing import Process`.
pub fn from_import(source: &Source) -> Option<String> {
    take_members(source, false)
}

/// `mp.Process` becomes `OtherProcess`, by `from multiprocessing import Process as OtherProcess`.
pub fn from_import_as(source: &Source) -> Option<String> {
    take_members(source, true)
}

fn take_members(source: &Source, rename: bool) -> Option<String> {
    let mut edits = Edits::default();
    for import in source.imports() {
        let Stmt::Import(stmt) = import.stmt else { continue };
        let is_dotted = import.module.contains('.') && stmt.names.iter().any(|alias| alias.asname.is_none());
        if stmt.names.len() != 1 || is_dotted || !LIBRARIES.contains(&import.module) {
            continue;
        }
        let uses: Option<Vec<_>> = import
            .variable
            .with_role(Role::Load)
            .map(|place| source.attributes.get(&place.span.start).filter(|found| found.is_load))
            .collect();
        let Some(uses) = uses.filter(|uses| !uses.is_empty()) else {
            continue;
        };
        let local = |attr: &str| {
            let is_taken = source.scopes.variables.iter().any(|variable| variable.name == attr);
            if rename || is_taken {
                source.fresh(&format!("other_{attr}"))
            } else {
                attr.to_owned()
            }
        };
        let members: BTreeSet<&str> = uses.iter().map(|found| found.attr.as_str()).collect();
        let list: Vec<String> = members
            .iter()
            .map(|attr| match local(attr) {
                name if name == *attr => name,
                name => format!("{attr} as {name}"),
            })
            .collect();
        edits.replace(
            stmt.range().to_std_range(),
            format!("from {} import {}", import.module, list.join(", ")),
        );
        for found in uses {
            edits.replace(found.span.clone(), local(&found.attr));
        }
    }
    edits.apply(&source.text)
}

/// `from multiprocessing import Process` becomes `import multiprocessing`.
pub fn module_import(source: &Source) -> Option<String> {
    const SUBMODULES: [&str; 10] = [
        "connection",
        "context",
        "dummy",
        "managers",
        "pool",
        "process",
        "queues",
        "reduction",
        "shared_memory",
        "synchronize",
    ];
    let imports = source.imports();
    let mut edits = Edits::default();
    for stmt in source.body().iter().filter_map(Stmt::as_import_from_stmt) {
        let module = stmt.module.as_ref().map_or("", |module| module.as_str());
        let root = module.split('.').next().unwrap_or_default();
        let is_known = LIBRARIES.contains(&module) || module.starts_with("multiprocessing.");
        let members: Vec<_> = imports
            .iter()
            .filter(|import| import.stmt.range() == stmt.range())
            .collect();
        let is_submodule = |member: &str| SUBMODULES.contains(&member);
        let is_whole = members.len() == stmt.names.len() && !members.iter().any(|m| m.member.is_some_and(is_submodule));
        let is_free = source.scopes.variables.iter().all(|variable| {
            let others = variable
                .places
                .iter()
                .any(|place| place.role != Role::Load && place.role != Role::Import);
            variable.name != root || (variable.scope == 0 && !others)
        });
        if !is_known || !is_whole || !is_free || members.is_empty() {
            continue;
        }
        edits.replace(stmt.range().to_std_range(), format!("import {module}"));
        for import in members {
            for place in import.variable.with_role(Role::Load) {
                edits.replace(
                    place.span.clone(),
                    format!("{module}.{}", import.member.unwrap_or_default()),
                );
            }
        }
    }
    edits.apply(&source.text)
}
