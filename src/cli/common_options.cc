#include "cli/common_options.h"

namespace holter::cli {

Option json_option(std::string help) { return {.name = "--json", .help = std::move(help)}; }

Option since_option() {
  return {.name = "--since", .value = "DURATION", .help = "Only what is not older than this", .kind = Kind::duration};
}

Option follow_option() {
  return {.name = "--follow", .letter = 'f', .help = "Go on with what comes, until interrupted"};
}

Option agent_option() {
  return {.name = "--agent", .value = "AGENT", .help = "Only what this agent saw: its name or its id"};
}

Option filter_option() {
  return {.name = "--filter", .value = "EXPR", .help = "Only what this filter matches, as `tcp.dst_port == 443`"};
}

Option count_option(std::string help) {
  return {.name = "--count", .letter = 'c', .value = "N", .help = std::move(help), .kind = Kind::count};
}

Option interval_option(std::string help) {
  return {.name = "--interval", .value = "DURATION", .help = std::move(help), .kind = Kind::duration};
}

Option interface_option(std::string help) {
  return {.name = "--interface", .letter = 'i', .value = "NAME", .help = std::move(help), .kind = Kind::interface};
}

Option write_option(std::string help) {
  return {.name = "--write", .letter = 'w', .value = "FILE", .help = std::move(help), .kind = Kind::file};
}

Option runtime_option() {
  return {.name = "--runtime",
          .value = "DIR",
          .help = "Where the running holter's control socket is",
          .kind = Kind::directory};
}

}  // namespace holter::cli
