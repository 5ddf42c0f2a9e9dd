//! What the built-in tables have to hold.

use super::*;

#[test]
fn tables_are_sound() {
    Api::built_in().unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn work_and_roles_name_parameters_that_exist() {
    let api = Api::built_in().unwrap_or_else(|error| panic!("{error}"));
    let known = |params: &[String], name: &str| params.iter().any(|p| p.trim_start_matches('*') == name);
    let check = |owner: &str, params: &[String], work: &Work| {
        let roles = [
            Some(&work.func),
            work.args.as_ref(),
            work.kwargs.as_ref(),
            work.each.as_ref(),
            work.each_args.as_ref(),
        ];
        for role in roles.into_iter().flatten() {
            assert!(known(params, role), "{owner} has no parameter `{role}`");
        }
    };
    for entry in api.entries.values() {
        if let Some(work) = &entry.work {
            check(&entry.canonical, &entry.params, work);
        }
    }
    for kind in &api.kinds {
        for (name, method) in &kind.methods {
            let owner = format!("{}.{name}", kind.name);
            if let Some(work) = &method.work {
                check(&owner, &method.params, work);
            }
            for role in [&method.timeout, &method.block, &method.data].into_iter().flatten() {
                assert!(known(&method.params, role), "{owner} has no parameter `{role}`");
            }
        }
    }
}

#[test]
fn submodules_and_like_libraries_share_members() {
    let api = Api::built_in().unwrap_or_else(|error| panic!("{error}"));
    for name in [
        "multiprocessing.Process",
        "multiprocessing.context.Process",
        "torch.multiprocessing.Process",
        "billiard.Process",
    ] {
        let entry = api.entry(name).unwrap_or_else(|| panic!("{name} is not known"));
        assert_eq!(
            api.kind(entry.makes.expect("a process")).family,
            Family::Process,
            "{name}"
        );
    }
    assert!(!api.entry("multiprocess.Pool").expect("known").plain_pickle);
    assert!(
        api.entry("multiprocessing.dummy.Pool")
            .is_some_and(|e| api.kind(e.makes.expect("a kind")).family == Family::ThreadPool)
    );
}
