// A small grammar that has one of everything, for the tests of this folder.
#pragma once

#include "cli/common_options.h"
#include "cli/grammar.h"

namespace holter::cli {

inline std::vector<Command> test_grammar() {
  return {
      {.words = "probe",
       .purpose = Purpose::ask,
       .summary = "Probe a target once",
       .about = "Sends it's one packet.\n\nThen it waits.",
       .operands = {{"KIND", "what to send", Kind::choice, {"icmp", "tcp"}}, {"TARGET", "whom to ask", Kind::text, {}}},
       .options = {count_option("How many"), interval_option("How often"), json_option("One object a line")},
       .examples = {{"holter probe icmp 127.0.0.1", "One ping"}}},
      {.words = "sessions",
       .purpose = Purpose::look,
       .summary = "Show the sessions",
       .options = {follow_option(), since_option(), filter_option()},
       .lists = true},
      {.words = "interfaces", .purpose = Purpose::look, .summary = "Show the interfaces", .lists = true},
      {.words = "config check",
       .purpose = Purpose::set_up,
       .summary = "Check a configuration",
       .operands = {{"FILE", "the file", Kind::file, {}, false}}},
      {.words = "config show", .purpose = Purpose::set_up, .summary = "Show the effective configuration"},
      {.words = "run",
       .summary = "Record",
       .options = {interface_option("Where to capture"),
                   {.name = "--to", .value = "HOST", .help = "The hub", .kind = Kind::host, .required = true},
                   {.name = "--pulses", .value = "ADDR:PORT", .help = "Where", .kind = Kind::endpoint, .repeats = true},
                   {.name = "--data", .value = "DIR", .help = "Where to keep", .kind = Kind::directory},
                   {.name = "--budget", .value = "SIZE", .help = "How much", .kind = Kind::size}}}};
}

}  // namespace holter::cli
