// `holter packets`: the packets that the capture recorded, one line each.
#include "app/commands.h"
#include "app/show_records.h"

namespace holter::app {
namespace {

constexpr RecordKind kPackets = {"packets", "packets", RecordView::packets, "packets"};

}  // namespace

cli::Command packets_words() {
  return {.words = "packets",
          .purpose = cli::Purpose::look,
          .summary = "Show recorded packets, one line each",
          .about =
              "Asks the `holter run` or `holter hub` of this user over its control socket, newest first; with "
              "--follow, oldest first and each new one once, until interrupted.",
          .operands = {filter_operand()},
          .options = record_options("One JSON object a packet"),
          .examples = {{"holter packets --since 10m 'tcp.dst_port == 443'", "To one port"},
                       {"holter packets 'udp' --follow", "Each as it is stored"}},
          .lists = true};
}

int packets_command(const cli::Arguments& arguments) { return show_records(kPackets, arguments); }

}  // namespace holter::app
