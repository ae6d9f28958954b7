// `holter sessions`: the heartbeat sessions as they are now, or with --since or --follow what changed and was said.
#include "app/commands.h"
#include "app/show_records.h"

namespace holter::app {
namespace {

constexpr RecordKind kNow = {"sessions", "sessions", RecordView::sessions, "sessions"};
constexpr RecordKind kChanges = {"sessions", "sessions/changes", RecordView::changes, "changes or messages"};

}  // namespace

cli::Command sessions_words() {
  return {
      .words = "sessions",
      .purpose = cli::Purpose::look,
      .summary = "Show heartbeat sessions, or what changed in them",
      .about =
          "Without --since or --follow: each session as it is now, the troubled ones first. With --since: its changes "
          "and "
          "messages of that time, newest first. With --follow: each change and message as it comes, until interrupted.",
      .operands = {filter_operand()},
      .options = record_options("One JSON object a session, change or message"),
      .examples = {{"holter sessions", "Each session as it is now"},
                   {"holter sessions --since 1h", "What changed, and what was said"},
                   {"holter sessions --follow", "Each change as it comes"}},
      .lists = true};
}

int sessions_command(const cli::Arguments& arguments) {
  const bool history = arguments.has("--since") || arguments.has("--follow");
  return show_records(history ? kChanges : kNow, arguments);
}

}  // namespace holter::app
