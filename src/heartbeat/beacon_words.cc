#include "heartbeat/beacon_words.h"

#include <fmt/format.h>

#include "base/untrusted_text.h"

namespace holter::heartbeat {

using enum BeaconEvent::Kind;

std::string beacon_words(const BeaconEvent& event) {
  const std::string hub = to_string(event.hub);
  switch (event.kind) {
    case started: break;
    case asked: return fmt::format("{} asked whether we live (ask {}); answered", hub, event.number);
    case delivered: return fmt::format("delivered to {}", hub);
    case not_delivered: return fmt::format("not delivered: {}", event.why);
    case ended: return fmt::format("ended, and {} knows", hub);
    case not_ended: return fmt::format("ended, and the hub may not know: {}", event.why);
    case unreachable: return fmt::format("{} does not hear us: {}", hub, event.why);
  }
  return {};
}

bool is_trouble(const BeaconEvent& event) {
  return event.kind == not_delivered || event.kind == not_ended || event.kind == unreachable;
}

std::string opening_words(const BeaconEvent& started, const BeaconOptions& options) {
  const std::string with =
      fmt::format("{} as {}", to_string(started.hub), base::UntrustedText(options.name).for_terminal());
  const std::string own = to_string(started.local);
  if (options.interval == base::Duration::zero()) return fmt::format("speaking to {}, from {}", with, own);
  return fmt::format("pulsing {} every {}, from {}", with, to_string(options.interval), own);
}

}  // namespace holter::heartbeat
