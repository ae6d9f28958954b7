// `holter network`: what changed in the network.
#include "app/commands.h"
#include "app/show_records.h"

namespace holter::app {
namespace {

constexpr RecordKind kNetwork = {"network", "network", RecordView::network, "changes of the network"};

}  // namespace

cli::Command network_words() {
  return {
      .words = "network",
      .purpose = cli::Purpose::look,
      .summary = "Show what changed in the network",
      .about =
          "What the capture saw change on the wire: an address or a gateway that is at another MAC, a neighbour "
          "that came or was lost (LLDP, CDP), another root, region or topology change (spanning tree), another lease "
          "(DHCP, DHCPv6), what routers advertise, and who speaks for a virtual one (VRRP, CARP, HSRP, GLBP); and "
          "what the host itself knows: its interfaces, its clock, and when it was cut off. Each is told once; what "
          "was there before is no change (docs/network.md).",
      .operands = {filter_operand()},
      .options = record_options("One JSON object a change"),
      .examples = {{"holter network --since 1d", "The newest 100 of a day"},
                   {"holter network 'what == gateway' --follow", "Each as it comes"}},
      .lists = true};
}

int network_command(const cli::Arguments& arguments) { return show_records(kNetwork, arguments); }

}  // namespace holter::app
