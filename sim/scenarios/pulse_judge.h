// PulseJudge looks at a world of beacons from outside. It knows when each sign of life really reached the hub, and
// holds the promises of presence against what the hub declares:
//
//   1  no session is down before its silence was as long as its detection time and all asks
//   2  an end is declared within that and a tick; while the observer was away time stood still
//   3  a detection time is the fixed one, or if adaptive between half and twice of it
//   4  after a restart of the hub every session is there, closed as it was or in init
//
// The first broken promises are kept as words.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "heartbeat/session_status.h"
#include "suspicion/silence.h"

namespace holter::sim {

struct PulseRules {
  suspicion::Pace pace;
  bool adaptive = false;
  base::Duration asking;  // all asks of one silence
};

class PulseJudge {
 public:
  static constexpr base::Duration kTick = base::Duration::milliseconds(1);
  static constexpr std::size_t kMostKept = 10;

  explicit PulseJudge(const PulseRules& rules) : rules_(rules) {}

  void on_life(const std::string& session, base::Instant at);
  // The observer was away, or began, and judges nobody by the time before.
  void on_observer_back(base::Instant at) { back_ = at; }
  // `living`: a beacon of it is running and not cut off.
  void on_down(const heartbeat::SessionStatus& session, base::Instant at, bool living);
  // Looks whether it should have been declared before.
  void look(const heartbeat::SessionStatus& session, base::Instant now);
  void on_restart(const std::vector<record::PulseChange>& known, const std::vector<heartbeat::SessionStatus>& restored);

  std::uint64_t downs() const { return downs_; }
  std::uint64_t false_downs() const { return false_downs_; }
  // Empty: every promise was kept.
  std::string verdict() const;

 private:
  base::Duration patience(const heartbeat::SessionStatus& session);
  void broken(const std::string& session, const std::string& what);

  PulseRules rules_;
  std::map<std::string, base::Instant> life_;
  base::Instant back_;
  std::uint64_t downs_ = 0;
  std::uint64_t false_downs_ = 0;
  std::vector<std::string> broken_;
};

}  // namespace holter::sim
