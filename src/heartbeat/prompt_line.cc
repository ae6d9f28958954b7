#include "heartbeat/prompt_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/nearest.h"
#include "base/untrusted_text.h"
#include "heartbeat/pulse_format.h"

namespace holter::heartbeat {
namespace {

using Verb = PromptLine::Verb;

struct Command {
  Verb verb;
  std::string_view word;
  std::string_view operand;
  std::string_view help;
};

constexpr std::array<Command, 7> kCommands = {{
    {Verb::message, "message", "TEXT", "deliver TEXT to the hub"},
    {Verb::hub, "hub", "[HOST[:PORT]]", "go on at another hub; alone: open again"},
    {Verb::terminate, "terminate", "", "close the session"},
    {Verb::status, "status", "", "what was sent, asked and delivered"},
    {Verb::help, "help", "", "this"},
    {Verb::exit, "exit", "", "end (also quit, or Ctrl-D)"},
    {Verb::exit, "quit", "", ""},
}};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

std::string in_quotes(std::string_view text) { return "'" + base::UntrustedText(text).for_terminal() + "'"; }

std::string how_to_send(std::string_view line) {
  return fmt::format("(to send it: message {})", base::UntrustedText(line).for_terminal());
}

PromptLine mistake(std::string why) { return {Verb::mistake, std::move(why)}; }

PromptLine message(std::string_view text) {
  if (text.empty()) return mistake("message needs a text: message TEXT");
  if (text.size() > kMaxTextBytes) {
    return mistake(fmt::format("a message has at most {} bytes, this one has {}", kMaxTextBytes, text.size()));
  }
  return {Verb::message, std::string(text)};
}

PromptLine hub(std::string_view text) {
  if (text.empty()) return {Verb::hub};
  auto named = parse_hub(text);
  if (!named) return mistake(named.error().message);
  return {Verb::hub, {}, std::move(*named)};
}

// A line that begins with no command. Of several words it may be a sentence like any other: only a message that was
// meant to be one is not sent with its command in it.
PromptLine other(std::string_view line, std::string_view word, std::string_view rest) {
  std::vector<std::string> words;
  for (const auto& command : kCommands) {
    if (rest.empty() || command.verb == Verb::message) words.emplace_back(command.word);
  }
  const auto meant = base::did_you_mean(word, words);
  if (!rest.empty() && meant.empty()) return message(line);
  return mistake(fmt::format("there is no command {}{} {}", in_quotes(word), meant, how_to_send(line)));
}

}  // namespace

base::Result<base::HostAndPort> parse_hub(std::string_view text) {
  auto named = base::HostAndPort::parse(text);
  if (named && text.find(' ') == text.npos) return std::move(*named);
  return base::Error{base::ErrorKind::invalid,
                     in_quotes(text) + " is no host; write it as HOST, HOST:PORT, 192.0.2.1 or [::1]:4280"};
}

PromptLine parse_prompt_line(std::string_view line) {
  line = trimmed(line);
  if (line.empty()) return {};
  const std::string_view word = line.substr(0, line.find_first_of(" \t"));
  const std::string_view rest = trimmed(line.substr(word.size()));
  std::string lowered(word);
  std::ranges::transform(lowered, lowered.begin(), lower);
  const std::string_view wanted = lowered == "?" ? "help" : std::string_view(lowered);
  const auto* const found = std::ranges::find(kCommands, wanted, &Command::word);
  if (found == kCommands.end()) return other(line, word, rest);
  if (found->verb == Verb::message) return message(rest);
  if (found->verb == Verb::hub) return hub(rest);
  if (rest.empty()) return {found->verb};
  return mistake(fmt::format("{} stands alone {}", found->word, how_to_send(line)));
}

std::string prompt_help() {
  std::string text;
  for (const auto& command : kCommands) {
    if (command.help.empty()) continue;
    text += fmt::format("  {:<20}  {}\n", fmt::format("{} {}", command.word, command.operand), command.help);
  }
  return text +
         "Any other line of two words or more is delivered as a message.\n"
         "Tab completes; the arrows go through what was typed before, Ctrl-R searches it.\n"
         "Ctrl-C leaves a half-typed line behind, and ends on an empty one.\n";
}

std::vector<std::string> prompt_offers(std::span<const std::string> hubs) {
  std::vector<std::string> offers;
  for (const auto& command : kCommands)
    offers.push_back(fmt::format("{}{}", command.word, command.operand.empty() ? "" : " "));
  for (const auto& hub : hubs) offers.push_back("hub " + hub);
  return offers;
}

}  // namespace holter::heartbeat
