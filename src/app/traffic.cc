#include "app/traffic.h"

#include <algorithm>

namespace holter::app {
namespace {

constexpr base::Duration kWidestSpacing = base::Duration::seconds(1);
constexpr int kSignsAnInterval = 4;

}  // namespace

std::vector<capture::AwaitedHost> awaited_hosts(const config::Settings& settings) {
  std::vector<capture::AwaitedHost> hosts;
  for (const config::SessionSettings& session : settings.sessions) {
    const base::Duration interval = session.interval.value_or(settings.heartbeat.silence);
    const base::Duration spacing = std::min(interval / kSignsAnInterval, kWidestSpacing);
    for (const base::IpAddress& address : session.traffic) hosts.push_back({address, spacing});
  }
  return hosts;
}

std::optional<heartbeat::Hearing> hearing_of(const capture::CaptureSnapshot& snapshot) {
  switch (snapshot.state) {
    case capture::CaptureState::capturing: break;
    case capture::CaptureState::waiting: return deaf(snapshot.interface, snapshot.why);
    case capture::CaptureState::off: return std::nullopt;
  }
  if (snapshot.loopback) {
    return heartbeat::Hearing{0, snapshot.interface,
                              "only this host is on " + snapshot.interface + "; capture.interface chooses another",
                              true};
  }
  return heartbeat::Hearing{snapshot.interface_index, snapshot.interface, ""};
}

heartbeat::Hearing Hearings::set(std::size_t interface, const heartbeat::Hearing& hearing) {
  hearings_[interface] = hearing;
  const heartbeat::Hearing* shown = nullptr;
  for (const auto& [_, one] : hearings_) {
    const bool better = shown == nullptr || (shown->alone && !one.alone) ||
                        (shown->alone == one.alone && shown->deaf.empty() && !one.deaf.empty());
    if (better) shown = &one;
  }
  return *shown;
}

heartbeat::LinkIndex Hearings::link_of(std::size_t interface) const {
  const auto found = hearings_.find(interface);
  return found == hearings_.end() ? 0 : found->second.link;
}

heartbeat::Hearing deaf(const std::string& interface, const std::string& why) {
  return {0, interface, "nothing is captured on " + interface + ": " + why};
}

}  // namespace holter::app
