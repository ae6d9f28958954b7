// The command line as data: every command is one Command value, and everything that speaks of commands - the parser,
// `holter help`, the man pages, the completions of the shells - is made from these values. Nothing else describes a
// command. Pure, plain values.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/value_kind.h"

namespace holter::cli {

// What somebody wants to do; `holter help` lists commands by it, in this order.
enum class Purpose : std::uint8_t { record, look, ask, presence, files, set_up, help };

std::string_view to_string(Purpose purpose);  // "Record"

struct Option {
  std::string name = {};   // "--count"
  char letter = '\0';      // 'c' for -c
  std::string value = {};  // how help calls the value: "N"; empty: a flag without one
  std::string help = {};   // one line without a full stop
  Kind kind = Kind::text;
  std::vector<std::string> choices = {};  // Kind::choice
  bool repeats = false;
  bool required = false;
  std::string unless = {};  // an option with which it is not required

  bool is_flag() const { return value.empty(); }
};

struct Operand {
  std::string name;  // "TARGET"
  std::string help;
  Kind kind = Kind::text;
  std::vector<std::string> choices = {};  // Kind::choice
  bool required = true;
  std::string unless = {};  // an option with which it is not required
};

struct Example {
  std::string line;  // what to type; tests run it
  std::string help;  // what it does
};

struct Command {
  std::string words;  // "status", "config check": one or two, in the order in which help shows them
  Purpose purpose = Purpose::record;
  std::string summary;     // one line without a full stop
  std::string about = {};  // further paragraphs, separated by an empty line
  std::vector<Operand> operands = {};
  std::vector<Option> options = {};
  std::vector<Example> examples = {};
  bool lists = false;  // shows a list: "list X", "show X" mean it too, and "watch X" if it has --follow

  const Option* find(std::string_view option_name) const;
};

using Grammar = std::span<const Command>;

// The one line that says how a command is called: "holter probe KIND TARGET [options]".
std::string usage(const Command& command);

}  // namespace holter::cli
