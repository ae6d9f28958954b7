#include <gtest/gtest.h>

#include "conformance/bodies.h"

namespace holter::conformance {
namespace {

struct NamedBody {
  const char* name;
  Body body;
};

// For test listings, which else show the bytes of two pointers.
void PrintTo(const NamedBody& named, std::ostream* out) { *out << named.name; }

constexpr NamedBody kBodies[] = {
    {"SleepsAreNotEarly", sleeps_are_not_early},
    {"DeadlinesGoBothWays", deadlines_go_both_ways},
    {"WhatIsCancelledEndsWhatItWaitsFor", what_is_cancelled_ends_what_it_waits_for},
    {"RemindersComeOnceUnlessTakenBack", reminders_come_once_unless_taken_back},
    {"StoppingAGroupEndsItsChildren", stopping_a_group_ends_its_children},
    {"MailboxTakesPostsAndCountsRefusals", mailbox_takes_posts_and_counts_refusals},
    {"OffloadKeepsOrder", offload_keeps_order},
    {"FilesOpenAsAsked", files_open_as_asked},
    {"FilesReadWhatWasWritten", files_read_what_was_written},
    {"RenameReplacesAndListSorts", rename_replaces_and_list_sorts},
    {"ALockHasOneHolder", a_lock_has_one_holder},
    {"DatagramsAreEchoed", datagrams_are_echoed},
    {"AClosedPortIsAnError", a_closed_port_is_an_error},
    {"StreamsHalfClose", streams_half_close},
    {"NobodyListeningRefuses", nobody_listening_refuses},
    {"TheOwnEndIsKnownBeforeTheConnection", the_own_end_is_known_before_the_connection},
    {"CloseWakesTheReader", close_wakes_the_reader},
    {"LocalStreamsNameThePeer", local_streams_name_the_peer},
    {"LiteralsResolveToThemselves", literals_resolve_to_themselves},
    {"HttpPostsItsContent", http_posts_its_content},
    {"HttpAnswersAreReadAndTimed", http_answers_are_read_and_timed},
    {"HttpIsRefusedWhereNobodyListens", http_is_refused_where_nobody_listens},
    {"HttpDeadlinesHoldInEveryPhase", http_deadlines_hold_in_every_phase},
    {"HttpSaysWhatIsNoAnswer", http_says_what_is_no_answer},
    {"HttpRequestsEndWhenCancelled", http_requests_end_when_cancelled},
};

class Conformance : public ::testing::TestWithParam<NamedBody> {};

std::string name_of(const ::testing::TestParamInfo<NamedBody>& info) { return info.param.name; }

TEST_P(Conformance, Simulated) { run_simulated(GetParam().body); }
TEST_P(Conformance, Real) { run_real(GetParam().body); }

INSTANTIATE_TEST_SUITE_P(Env, Conformance, ::testing::ValuesIn(kBodies), name_of);

}  // namespace
}  // namespace holter::conformance
