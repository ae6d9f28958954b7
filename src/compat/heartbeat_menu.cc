#include "compat/heartbeat_menu.h"

#include <charconv>

#include "compat/heartbeat_segments.h"

namespace holter::compat {
namespace {

constexpr std::string_view kAgain = "Something went wrong, try again! ";

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  const std::string_view digits = trimmed(text);
  std::int64_t number = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, number);
  if (error != std::errc() || stop != end || digits.empty()) return std::nullopt;
  return number;
}

}  // namespace

base::Result<base::Duration> parse_timeout(std::string_view text) {
  const auto seconds = whole_number(text);
  if (!seconds || *seconds < 1 || base::Duration::seconds(1) * *seconds > kLongestTimeout) {
    return base::Error{base::ErrorKind::invalid, "a timeout is a whole number of seconds from 1 to 86400"};
  }
  return base::Duration::seconds(1) * *seconds;
}

base::Result<std::uint8_t> parse_pulses(std::string_view text) {
  const auto number = whole_number(text);
  if (!number || *number < 0 || *number > 255) {
    return base::Error{base::ErrorKind::invalid, "the number of PULSEs is a whole number from 0 to 255"};
  }
  return static_cast<std::uint8_t>(*number);
}

std::string_view HeartbeatQuestions::question() const {
  if (!timeout_) return "How long should the server wait before sending a PULSE? (in seconds) ";
  return pulses_ ? "" : "How many PULSEs should the server send before giving up? ";
}

std::optional<std::string> HeartbeatQuestions::take(std::string_view line) {
  if (!timeout_) {
    const auto timeout = parse_timeout(line);
    if (!timeout) return std::string(kAgain) + timeout.error().message;
    timeout_ = *timeout;
    return std::nullopt;
  }
  const auto pulses = parse_pulses(line);
  if (!pulses) return std::string(kAgain) + pulses.error().message;
  pulses_ = *pulses;
  return std::nullopt;
}

std::string_view HeartbeatMenu::prompt() const {
  switch (asks_) {
    case Asks::hub: return "Please input the ip address of the server you are trying to connect to: ";
    case Asks::message: return "What is your message : ";
    case Asks::choice: break;
  }
  return "\nWhat would you like to do:\n"
         "S) Send a customized message ->\n"
         "Q) Terminate session and change server IP ->\n"
         "E) Exit the program ->\n";
}

HeartbeatMenu::Step HeartbeatMenu::take(std::string_view line) {
  switch (asks_) {
    case Asks::hub: return take_hub(trimmed(line));
    case Asks::choice: return take_choice(trimmed(line));
    case Asks::message: break;
  }
  return take_message(line);
}

HeartbeatMenu::Step HeartbeatMenu::connect(const base::IpAddress& hub) {
  Step step;
  step.action = Action::connect;
  step.hub = hub;
  asks_ = Asks::choice;
  return step;
}

HeartbeatMenu::Step HeartbeatMenu::take_hub(std::string_view line) {
  const auto hub = base::IpAddress::parse(line);
  if (hub && hub->is_v4() && !hub->is_any()) return connect(*hub);
  Step step;
  step.objection = std::string(kAgain) + "the server is named by its IPv4 address, as 192.0.2.1";
  return step;
}

HeartbeatMenu::Step HeartbeatMenu::take_choice(std::string_view line) {
  Step step;
  const char choice = line.size() == 1 ? line.front() : '\0';
  switch (choice) {
    case 's':
    case 'S': asks_ = Asks::message; return step;
    case 'q':
    case 'Q':
      asks_ = Asks::hub;
      step.action = Action::terminate;
      return step;
    case 'e':
    case 'E': step.action = Action::exit; return step;
    default: step.objection = "Unknown Input, Please try again!"; return step;
  }
}

HeartbeatMenu::Step HeartbeatMenu::take_message(std::string_view line) {
  asks_ = Asks::choice;
  Step step;
  if (line.empty()) {
    step.objection = "An empty message cannot be sent.";
  } else if (line.size() > kMaxTextBytes) {
    step.objection = "A message has at most " + std::to_string(kMaxTextBytes) + " bytes; nothing was sent.";
  } else {
    step.action = Action::send;
    step.message = line;
  }
  return step;
}

}  // namespace holter::compat
