#include "cli/help.h"

#include <algorithm>

#include "term/wrap.h"

namespace holter::cli {
namespace {

constexpr std::size_t kMostColumns = 100;  // longer lines are hard to read
constexpr std::size_t kLeastColumns = 40;
constexpr std::size_t kGap = 2;
constexpr std::size_t kMostTermColumns = 26;

struct Entry {
  std::string term;
  std::string meaning;
};

std::size_t width_of(const term::Screen& screen) { return std::clamp(screen.width, kLeastColumns, kMostColumns); }

std::string heading(const term::Screen& screen, std::string_view text) {
  return '\n' + toned(screen, term::Tone::strong, text) + '\n';
}

// Terms to the left, meanings beside them; a long term gets a line of its own.
std::string entries(const std::vector<Entry>& all, const term::Screen& screen, std::size_t term_columns) {
  const std::size_t indent = kGap + term_columns + kGap;
  std::string text;
  for (const auto& entry : all) {
    text.append(kGap, ' ').append(entry.term);
    const std::size_t used = kGap + term::columns(entry.term);
    if (used + kGap > indent) {
      text.append("\n").append(indent, ' ');
    } else {
      text.append(indent - used, ' ');
    }
    text += term::wrap(entry.meaning, width_of(screen), indent);
  }
  return text;
}

std::size_t widest(const std::vector<Entry>& all) {
  std::size_t most = 0;
  for (const auto& entry : all) most = std::max(most, term::columns(entry.term));
  return std::min(most, kMostTermColumns);
}

std::string section(std::string_view title, const std::vector<Entry>& all, const term::Screen& screen) {
  return all.empty() ? "" : heading(screen, title) + entries(all, screen, widest(all));
}

}  // namespace

std::string form(const Option& option) {
  std::string text = option.letter == '\0' ? "" : std::string("-") + option.letter + ", ";
  text += option.name;
  return option.is_flag() ? text : text + ' ' + option.value;
}

std::string help(Grammar grammar, std::string_view program, const term::Screen& screen) {
  std::vector<std::vector<Entry>> by_purpose(static_cast<std::size_t>(Purpose::help) + 1);
  std::size_t columns = 0;
  for (const auto& command : grammar) {
    by_purpose[static_cast<std::size_t>(command.purpose)].push_back({command.words, command.summary});
    columns = std::max(columns, command.words.size());
  }
  by_purpose.back().insert(by_purpose.back().begin(), {"help [COMMAND]", "Show this, or all about one command"});
  columns = std::max(columns, by_purpose.back().front().term.size());
  std::string text = std::string(program) + '\n';
  for (std::size_t i = 0; i < by_purpose.size(); ++i) {
    if (by_purpose[i].empty()) continue;
    text += heading(screen, to_string(static_cast<Purpose>(i))) + entries(by_purpose[i], screen, columns);
  }
  return text + "\nBegin with `holter run`, then open http://127.0.0.1:4280/ or ask `holter status`.\n";
}

std::string help(const Command& command, const term::Screen& screen) {
  std::string text = usage(command) + "\n\n" + term::wrap(command.summary + '.', width_of(screen), 0);
  if (!command.about.empty()) text += '\n' + term::wrap(command.about, width_of(screen), 0);
  std::vector<Entry> operands;
  for (const auto& operand : command.operands) operands.push_back({operand.name, operand.help});
  text += section("Operands", operands, screen);
  std::vector<Entry> options;
  for (const auto& option : command.options) {
    options.push_back({form(option), option.help + (option.repeats ? " (may be given several times)" : "")});
  }
  text += section("Options", options, screen);
  if (!command.examples.empty()) text += heading(screen, "Examples");
  for (const auto& example : command.examples) {
    text.append(kGap, ' ').append(toned(screen, term::Tone::strong, example.line)).append("\n");
    text.append(2 * kGap, ' ').append(term::wrap(example.help, width_of(screen), 2 * kGap));
  }
  return text;
}

}  // namespace holter::cli
