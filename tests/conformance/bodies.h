// The bodies of the conformance suite: what both the simulated and the real env must do (see arm.h).
#pragma once

#include "conformance/arm.h"

namespace holter::conformance {

env::Task<void> sleeps_are_not_early(Place place);
env::Task<void> deadlines_go_both_ways(Place place);
env::Task<void> what_is_cancelled_ends_what_it_waits_for(Place place);
env::Task<void> reminders_come_once_unless_taken_back(Place place);
env::Task<void> stopping_a_group_ends_its_children(Place place);
env::Task<void> mailbox_takes_posts_and_counts_refusals(Place place);
env::Task<void> offload_keeps_order(Place place);

env::Task<void> files_open_as_asked(Place place);
env::Task<void> files_read_what_was_written(Place place);
env::Task<void> rename_replaces_and_list_sorts(Place place);
env::Task<void> a_lock_has_one_holder(Place place);

env::Task<void> datagrams_are_echoed(Place place);
env::Task<void> a_closed_port_is_an_error(Place place);
env::Task<void> streams_half_close(Place place);
env::Task<void> nobody_listening_refuses(Place place);
env::Task<void> the_own_end_is_known_before_the_connection(Place place);
env::Task<void> close_wakes_the_reader(Place place);
env::Task<void> local_streams_name_the_peer(Place place);
env::Task<void> literals_resolve_to_themselves(Place place);

env::Task<void> http_posts_its_content(Place place);
env::Task<void> http_answers_are_read_and_timed(Place place);
env::Task<void> http_is_refused_where_nobody_listens(Place place);
env::Task<void> http_deadlines_hold_in_every_phase(Place place);
env::Task<void> http_says_what_is_no_answer(Place place);
env::Task<void> http_requests_end_when_cancelled(Place place);

}  // namespace holter::conformance
