#include "compat/heartbeat_words.h"

#include <fmt/format.h>

#include "base/untrusted_text.h"
#include "wire/transport/tcp.h"

namespace holter::compat {
namespace {

// Letters as the ancestor's packet library has them, lowest bit first.
std::string flag_letters(std::uint8_t flags) {
  constexpr std::string_view kLetters = "FSRPAUEC";
  std::string text;
  for (std::size_t bit = 0; bit < kLetters.size(); ++bit) {
    if ((flags >> bit & 1U) != 0) text += kLetters[bit];
  }
  return text.empty() ? "none" : text;
}

std::vector<std::string> words_of_change(const record::PulseChange& change) {
  using record::SessionState;
  const std::string name = change.session.for_terminal();
  const std::string closed = fmt::format("heartbeat session with {} has been closed", name);
  const std::string timed_out = fmt::format("Session with {} timedout.", name);
  switch (change.to) {
    case SessionState::up:
      if (change.diagnostic == record::Diagnostic::answered) return {};
      return {fmt::format("heartbeat session with {} has been opened", name)};
    case SessionState::pulsing: {
      const std::string sent = fmt::format("Sent a pulse to {}.", name);
      if (change.from == SessionState::pulsing) return {sent};
      return {timed_out, sent};
    }
    case SessionState::down: {
      const std::string gave_up = fmt::format("giving up on {}.", name);
      if (change.from == SessionState::pulsing) return {gave_up, closed};
      return {timed_out, gave_up, closed};
    }
    case SessionState::admin_down: return {closed};
    case SessionState::init:
    case SessionState::blind: return {};
  }
  return {};
}

}  // namespace

std::string hub_welcome() {
  return "Welcome to the Heartbeats Server!\n"
         "Please make sure that your clients can reach this host. Heartbeat sessions are no real TCP connections:\n"
         "no port is opened, and no firewall has to be changed.\n";
}

std::string client_welcome() {
  return "Welcome to the Heartbeats Client!\n"
         "Before sending messages, make sure that the heartbeats server is already running and reachable.\n";
}

std::string own_address_words(const base::IpAddress& address) { return "local ip : " + base::to_string(address); }

std::vector<std::string> words_of(const record::Record& record) {
  if (const auto* message = std::get_if<record::PulseMessage>(&record)) {
    return {fmt::format("{} said {}", message->session.for_terminal(), message->text.for_terminal())};
  }
  const auto* change = std::get_if<record::PulseChange>(&record);
  return change == nullptr ? std::vector<std::string>() : words_of_change(*change);
}

std::string said_words(const base::IpAddress& client, std::string_view text) {
  return fmt::format("{} said {}", base::to_string(client), base::UntrustedText(text).for_terminal());
}

std::string silence_words(std::string_view session, base::Duration silent_for) {
  return fmt::format("{} hasnt replied for {} seconds", session, static_cast<std::int64_t>(silent_for.in_seconds()));
}

std::string header_words(const HeartbeatSegment& segment) {
  return fmt::format(
      "-- Ether INFO --\n"
      "ip proto : {}\n"
      "-- IP INFO --\n"
      "dst ip : {}\n"
      "src ip : {}\n"
      "ip ver : 4\n"
      "pkt size : {}\n"
      "-- TCP INFO --\n"
      "tcp flag: {}\n"
      "src port : {}\n"
      "dest port : {}\n"
      "data : {}",
      wire::kEthertypeIp, base::to_string(segment.to.address), base::to_string(segment.from.address),
      segment.packet_bytes(), flag_letters(segment.flags), segment.from.port, segment.to.port,
      base::UntrustedText(segment.text).for_terminal());
}

}  // namespace holter::compat
