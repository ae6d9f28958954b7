// What passes between the capture and the presence river: whom the capture waits for, what it heard, and whether it
// hears at all. One bounded box carries the latter two in order; a sign that finds no room is told again.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "capture/heard_hosts.h"
#include "capture/snapshot.h"
#include "config/settings.h"
#include "env/mailbox.h"
#include "heartbeat/hearing.h"

namespace holter::app {

struct TrafficNews {
  std::size_t interface = 0;                       // which of those that are captured
  std::optional<heartbeat::Hearing> hearing = {};  // when it is another than before
  std::vector<base::IpAddress> heard = {};
};
using TrafficBox = env::Mailbox<TrafficNews>;
inline constexpr std::size_t kWaitingTraffic = 256;
inline constexpr std::size_t kWaitingSigns = 192;  // of these: who is heard; the rest is for whether anybody is

// Each is told often enough for its session, and no oftener than is of use.
std::vector<capture::AwaitedHost> awaited_hosts(const config::Settings& settings);

// A capture that has not begun, or has ended for a moment or for good, says nothing of it.
std::optional<heartbeat::Hearing> hearing_of(const capture::CaptureSnapshot& snapshot);
// Nothing is captured, and why.
heartbeat::Hearing deaf(const std::string& interface, const std::string& why);

// What the captures of several interfaces say of their hearing, as one word: while one of them is deaf silence proves
// nothing, whoever is silent may be there. A loopback beside others is none of them.
class Hearings {
 public:
  heartbeat::Hearing set(std::size_t interface, const heartbeat::Hearing& hearing);
  // Over which link one is heard on this interface.
  heartbeat::LinkIndex link_of(std::size_t interface) const;

 private:
  std::map<std::size_t, heartbeat::Hearing> hearings_;
};

}  // namespace holter::app
