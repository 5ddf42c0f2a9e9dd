//! What real code does with processes, one folder of programs an item under `tests/real_code/`.
//!
//! A program marks all its errors and warnings (`# MP101`, at the end of the line); it must give these and no others.
//! Notes are advice and play no part here. An item that an analysis has to *follow* has programs with mistakes that are
//! seen only by following it, and right programs that differ from them in little. An item that is a *source of false
//! alarms* has right programs, and real mistakes close to them.

#[expect(dead_code, reason = "what only the tests over rule pages need")]
mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use mplint::findings::Severity;
use mplint::rules::page::ExampleFile;

/// A test for each item, and the list of them.
macro_rules! items {
    ($($item:ident)*) => {
        const ITEMS: &[&str] = &[$(stringify!($item)),*];

        $(
            #[test]
            fn $item() {
                check(stringify!($item));
            }
        )*
    };
}

items! {
    // What has to be followed.
    what_a_default_leaves_out
    a_mode_that_an_object_was_made_with
    a_cache_that_is_found_full
    a_list_that_a_script_keeps_of_futures
    items_that_a_generator_takes_for_a_loop
    one_of_several_kinds_that_a_loop_hands_over
    a_retry_that_tells_how_often
    a_shared_value_with_a_lock_that_it_was_given
    what_a_generator_for_others_gives
    a_start_method_that_is_asked_for
    a_with_block_inside_a_try
    a_cache_for_each_process_number
    a_counter_of_collections
    a_helper_asks_for_the_start_method
    what_a_starred_target_gets
    places_of_an_array_written_down
    a_loop_whose_except_does_not_fit_all
    a_release_that_is_handed_on
    an_iterator_that_never_ends
    an_option_that_is_handed_to_a_function
    keys_that_each_process_is_given
    processes_made_for_each_of_some_objects
    what_a_generator_gives_to_a_pool
    how_a_dataclass_takes_its_fields
    objects_of_several_kinds_that_a_loop_comes_to
    a_task_that_hands_on_its_like
    a_limit_that_is_put_in_if_there_is_one
    an_iterator_that_reads_to_the_end_of_a_pipe
    a_target_that_is_an_object_to_be_called
    a_queue_of_threads_that_a_worker_fills
    numbers_that_are_computed
    what_methods_put_into_a_proxy
    classes_that_their_base_tells
    classes_that_are_known_by_their_names
    a_task_beside_a_coroutine
    a_class_method_that_a_base_defines
    a_pool_that_a_property_makes
    an_object_that_is_always_the_same
    attributes_that_code_sets
    functions_that_call_what_they_are_given
    named_tuples_and_patterns
    what_a_closing_block_closes
    a_result_that_is_waited_for_after_the_child_began
    a_while_that_takes_its_items_out_of_a_container
    containers_that_classes_are_built_on
    exceptions_and_limits_under_names_of_their_own
    paths_that_are_opened
    special_methods_that_are_called_by_syntax
    what_an_exit_stack_calls
    what_is_put_in_only_after_the_wait
    a_fallback_of_a_library_with_its_own_pickler
    a_lock_that_is_held_while_others_are_waited_for
    a_pool_made_by_a_method_that_a_loop_calls
    a_process_closed_on_the_way_of_those_that_are_ended
    a_context_kept_in_a_variable
    a_context_that_arrives_as_a_parameter
    a_context_kept_on_self
    classes_that_subclass_the_process_of_a_context
    the_context_of_torch_made_inside_a_function
    fork_process_bound_in_a_try
    pool_imported_as_process_pool
    a_module_bound_to_a_global_at_run_time
    a_function_that_returns_the_pool_class
    torch_spawn_puts_the_rank_first_and_joins
    a_factory_that_returns_an_unstarted_process
    start_or_join_in_a_helper
    start_or_join_over_a_list
    start_or_join_over_a_comprehension
    start_or_join_over_a_dict
    worker_globals_filled_by_an_initializer
    worker_class_attributes_filled_by_an_initializer
    worker_function_attributes_filled_by_an_initializer
    getstate_that_drops_handles
    wrappers_that_carry_cloudpickle_bytes
    wrappers_that_carry_dill_bytes
    process_subclasses_nested_in_classes
    process_subclasses_with_bases_in_between
    an_overridden_start
    a_join_that_is_overridden
    torch_processes_joined_before_the_result_is_read
    what_a_fixture_gives_its_tests
    what_set_up_leaves_in_the_test_case
    what_itertools_gives

    // What raises false alarms.
    conditions_that_go_together
    a_constant_of_the_function_itself
    the_main_module_of_a_package
    a_process_with_nothing_to_do
    locks_that_are_sorted_first
    the_last_words_of_a_worker
    a_thread_pool_is_no_process_pool
    multiprocessing_dummy_is_threads
    the_map_of_a_dataset_is_no_pool
    a_dask_client_is_no_executor
    an_executor_of_unknown_kind
    an_iterable_of_files_is_iterated_by_the_parent
    nested_functions_that_never_leave_the_parent
    nested_functions_that_live_wholly_in_the_child
    classes_that_only_look_like_a_process
    an_explicit_fork_context
    a_lock_that_arrives_by_argument
    a_lock_that_arrives_in_a_dataclass
    start_reached_indirectly
    arguments_bound_to_a_tuple_or_a_list
    keywords_that_go_with_the_function
    options_that_whoever_makes_it_gives
    plain_attributes_set_before_super_init
    the_queue_of_a_manager_needs_no_drain
    a_polling_loop_with_one_consumer
    results_drained_inside_the_with_block
    a_queue_read_after_its_writers_have_ended
    a_reader_that_puts_the_sentinel_itself
    a_sentinel_sent_through_a_pipe
    as_many_items_as_are_taken
    a_process_that_is_never_started
    a_pool_made_under_a_condition
    a_parent_that_updates_before_its_children
    a_sentinel_in_a_record
    a_worker_started_when_first_needed
    a_queue_filled_by_a_thread_that_has_ended
    what_a_child_prints_last
    what_a_child_has_printed_before_its_join
    a_process_ended_before_it_is_waited_for
    a_process_ended_joined_and_closed
    a_decorator_that_may_take_a_lock
    a_sentinel_in_a_tuple
    a_few_numbers_fit_into_the_pipe
    a_worker_named_through_its_class
    what_a_constructor_that_raises_has_not_made
    an_init_by_another_name
    a_look_at_a_process_before_it_is_ended
    a_queue_asked_through_a_property
    a_lock_taken_only_where_there_is_one
    messages_among_equal_processes
    a_sentinel_put_after_the_others_have_ended
    pools_that_threads_make
    a_task_that_another_module_offers
    a_pool_that_a_test_makes_again
    results_that_an_addition_reads
    a_task_that_each_round_defines_anew
    an_executor_of_one_worker_that_keeps_a_call_apart
    a_reader_past_what_can_be_followed
    a_sentinel_put_right_before_the_join
    the_first_item_taken_before_the_loop
    a_process_that_has_nothing_to_do
    a_handler_made_before_the_start
    a_sentinel_of_a_class_of_its_own
    a_queue_whose_pipe_is_watched
    a_thread_that_waits_while_another_reads
    a_sentinel_after_a_helper_has_waited
    copies_of_the_environment
    a_message_that_may_come_later
    a_helper_of_a_test_does_the_work
    options_that_a_caller_fills
    an_event_set_right_before_the_join
    an_exception_put_for_the_parent
    a_process_killed_by_its_number
    columns_zipped_by_a_star
    a_wait_in_a_daemon_thread
    a_cache_that_each_process_fills
    a_connection_that_each_process_makes
    parts_chained_by_a_star
    what_isinstance_says_of_the_program
    a_pool_in_the_generator_that_a_loop_draws_from
    what_asyncio_gather_gives
    what_an_initializer_sets
    a_queue_of_either_kind
    a_queue_that_is_emptied_at_the_end
    a_queue_between_the_threads_of_a_child
    a_lock_that_may_be_none
    a_pair_of_functions_for_a_lock
    a_barrier_in_an_object_for_others
    a_queue_given_up_after_the_join
    a_list_that_is_emptied_after_it_was_put
    decorated_methods_that_call_each_other
    a_queue_that_a_with_block_closes
    a_member_of_an_enumeration_that_crosses
    a_message_that_the_last_child_sends
    a_test_that_logs_when_it_is_run_by_hand
    a_log_file_that_a_listener_writes
    a_barrier_met_before_the_join
    a_queue_whose_holders_have_ended
    a_thread_that_looks_whether_a_process_lives
    a_branch_that_the_caller_decides
    a_generator_given_to_a_library
    a_generator_that_compiled_code_has
    a_gpu_used_after_the_start
    a_number_of_processors_that_was_looked_at
    a_result_asked_by_its_special_method
    a_sentinel_that_is_a_class
    a_start_method_set_by_force
    all_processes_asked_for_life
    files_of_the_kernel
    what_a_finished_subprocess_gives
    what_only_the_child_keeps
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join("real_code")
}

/// The programs of an item, in the order of their names.
fn programs(item: &str) -> Vec<ExampleFile> {
    let mut programs = Vec::new();
    for entry in walkdir::WalkDir::new(folder().join(item)).sort_by_file_name() {
        let entry = entry.expect("the item has a folder");
        if entry.path().extension().is_some_and(|extension| extension == "py") {
            programs.push(ExampleFile {
                file: format!("{item}/{}", entry.file_name().to_string_lossy()),
                line: 1,
                text: fs::read_to_string(entry.path()).expect("a program is UTF-8 text"),
                listed: Vec::new(),
            });
        }
    }
    programs
}

fn check(item: &str) {
    let mut wrong = Vec::new();
    let (mut mistaken, mut right) = (0, 0);
    for program in programs(item) {
        let one = std::slice::from_ref(&program);
        wrong.extend(support::syntax_errors(one));
        let marked = support::marked(one);
        if marked.is_empty() {
            right += 1;
        } else {
            mistaken += 1;
        }
        let found = support::lint_from(one, Severity::Warning);
        wrong.extend(support::difference(one, &marked, &found));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert!(
        mistaken > 0 && right > 0,
        "{item} has {mistaken} programs with mistakes and {right} right ones"
    );
}

#[test]
fn every_folder_is_an_item() {
    let folders: BTreeSet<String> = fs::read_dir(folder())
        .expect("the folder of the items can be listed")
        .map(|entry| {
            entry
                .expect("an entry can be read")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    let items: BTreeSet<String> = ITEMS.iter().map(|item| (*item).to_owned()).collect();
    assert_eq!(items, folders, "left: the tests; right: the folders");
}
