// `holter conversations`: who talked to whom, and how much.
#include "app/commands.h"
#include "app/show_records.h"

namespace holter::app {
namespace {

constexpr RecordKind kConversations = {"conversations", "conversations", RecordView::conversations, "conversations"};

}  // namespace

cli::Command conversations_words() {
  return {.words = "conversations",
          .purpose = cli::Purpose::look,
          .summary = "Show who talked to whom, and how much",
          .about =
              "Those that go on stand with what they have counted up to now. With --follow, each record as it is "
              "stored: of a "
              "long conversation one every ten seconds and one at its end.",
          .operands = {filter_operand()},
          .options = record_options("One JSON object a conversation"),
          .examples = {{"holter conversations --since 10m", "The newest 100 of ten minutes"},
                       {"holter conversations 'udp' --follow", "Each record as it is stored"}},
          .lists = true};
}

int conversations_command(const cli::Arguments& arguments) { return show_records(kConversations, arguments); }

}  // namespace holter::app
