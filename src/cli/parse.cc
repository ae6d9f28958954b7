#include "cli/parse.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <deque>

#include "base/nearest.h"
#include "base/untrusted_text.h"
#include "cli/words.h"

namespace holter::cli {
namespace {

std::string in_quotes(std::string_view text) { return "'" + base::UntrustedText(text).for_terminal() + "'"; }

std::string advice(const Command* command) {
  return command == nullptr ? "See `holter help`.\n" : "See `holter help " + command->words + "`.\n";
}

UsageError wrong(const std::vector<std::string>& mistakes, const Command* command) {
  UsageError error;
  for (const auto& mistake : mistakes) error.text += mistake + '\n';
  error.text += advice(command);
  return error;
}

// CLI11 takes the line apart; what the parts mean is decided here.
class Line {
 public:
  explicit Line(const Command& command) : command_(command) {
    app_.set_help_flag();
    app_.allow_extras();
    app_.add_flag("-h,--help", help_);
    for (const auto& option : command.options) add(option);
    for (const auto& operand : command.operands) {
      taken_.push_back({operand.name, {}, 0});
      app_.add_option(operand.name, taken_.back().texts)->expected(1)->allow_extra_args(false);
    }
  }

  Parsed parse(std::vector<std::string> rest) {
    std::ranges::reverse(rest);  // as CLI11 wants them
    try {
      app_.parse(std::move(rest));
    } catch (const CLI::ParseError& error) {
      if (help_) return HelpWish{&command_};
      return wrong({in_our_words(error)}, &command_);
    }
    if (help_) return HelpWish{&command_};
    auto arguments = take();
    if (!mistakes_.empty()) return wrong(mistakes_, &command_);
    return arguments;
  }

 private:
  struct Taken {
    std::string name;
    std::vector<std::string> texts;
    std::int64_t flags = 0;
  };

  void add(const Option& option) {
    taken_.push_back({option.name, {}, 0});
    const std::string names =
        option.letter == '\0' ? option.name : std::string("-") + option.letter + ',' + option.name;
    if (option.is_flag()) {
      app_.add_flag(names, taken_.back().flags);
    } else {
      app_.add_option(names, taken_.back().texts)->allow_extra_args(false);
    }
  }

  // The one error that CLI11 may still have with a line of ours: a value that is not there.
  std::string in_our_words(const CLI::ParseError& error) const {
    const std::string text = error.what();
    for (const auto& option : command_.options) {
      if (text.starts_with(option.name + ':') && !option.is_flag()) {
        return option.name + " needs a value: " + option.name + ' ' + option.value;
      }
    }
    return base::UntrustedText(text).for_terminal();
  }

  Arguments take() {
    Arguments arguments(command_);
    for (const auto& extra : app_.remaining()) {
      if (extra != "--") mistakes_.push_back(unexpected(extra));
    }
    for (const auto& taken : taken_) {
      const Option* option = command_.find(taken.name);
      if (option != nullptr && option->is_flag()) {
        if (taken.flags > 0) arguments.add(taken.name, "");
        continue;
      }
      judge(taken, option);
      for (const auto& text : taken.texts) arguments.add(taken.name, text);
    }
    return arguments;
  }

  void judge(const Taken& taken, const Option* option) {
    const Operand* operand = nullptr;
    if (option == nullptr) operand = &*std::ranges::find(command_.operands, taken.name, &Operand::name);
    const bool required = option != nullptr ? option->required && !is_given(option->unless)
                                            : operand->required && !is_given(operand->unless);
    if (taken.texts.empty() && required) {
      const std::string& help = option != nullptr ? option->help : operand->help;
      const std::string form = option != nullptr ? option->name + ' ' + option->value : operand->name;
      mistakes_.push_back(form + " is missing: " + help);
    }
    if (taken.texts.size() > 1 && !(option != nullptr && option->repeats)) {
      mistakes_.push_back(taken.name + " may be given once");
    }
    const Kind kind = option != nullptr ? option->kind : operand->kind;
    const auto& choices = option != nullptr ? option->choices : operand->choices;
    for (const auto& text : taken.texts) {
      if (const auto why = mistake(kind, text, choices)) {
        mistakes_.push_back(taken.name + ": " + in_quotes(text) + ' ' + *why);
      }
    }
  }

  bool is_given(std::string_view option) const {
    const auto found = std::ranges::find(taken_, option, &Taken::name);
    return found != taken_.end() && (found->flags > 0 || !found->texts.empty());
  }

  std::string unexpected(const std::string& extra) const {
    const bool is_option = extra.size() > 1 && extra.front() == '-';
    if (!is_option) return in_quotes(extra) + " is one word too many";
    std::vector<std::string> known = {"--help"};
    for (const auto& option : command_.options) known.push_back(option.name);
    const std::string name = extra.substr(0, extra.find('='));
    return "there is no option " + in_quotes(name) + base::did_you_mean(name, known);
  }

  const Command& command_;
  CLI::App app_;
  std::deque<Taken> taken_;  // CLI11 keeps references
  bool help_ = false;
  std::vector<std::string> mistakes_;
};

// `holter help probe icmp`.
Parsed help_for(Grammar grammar, const std::vector<std::string>& words) {
  if (words.empty()) return HelpWish{};
  const auto meant = find_command(grammar, words);
  if (const auto* found = std::get_if<Meant>(&meant)) return HelpWish{found->command};
  return wrong({std::get<NotMeant>(meant).why}, nullptr);
}

}  // namespace

Parsed parse(Grammar grammar, int argc, const char* const* argv) {
  const std::vector<std::string> line(argv + std::min(argc, 1), argv + argc);
  if (line.empty()) return wrong({"a command is missing; begin with `holter run`"}, nullptr);
  if (line[0] == "--help" || line[0] == "-h") return HelpWish{};
  if (line[0] == "--version") return VersionWish{};
  if (line[0] == "help") return help_for(grammar, {line.begin() + 1, line.end()});
  if (line[0].starts_with('-'))
    return wrong({in_quotes(line[0]) + " stands before the command; put it behind"}, nullptr);
  auto meant = find_command(grammar, line);
  if (const auto* unknown = std::get_if<NotMeant>(&meant)) return wrong({unknown->why}, nullptr);
  auto& found = std::get<Meant>(meant);
  return Line(*found.command).parse(std::move(found.rest));
}

}  // namespace holter::cli
