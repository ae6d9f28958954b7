// CaptureBoard holds the counters of every captured interface, summed over its workers from CaptureStats records, with
// a short history, and the state its capture is in. Bounded; pure; one thread.
#pragma once

#include <array>
#include <bitset>
#include <deque>
#include <map>
#include <string>
#include <utility>

#include "api/record_json.h"
#include "base/id.h"

namespace holter::api {

inline constexpr std::size_t kMaxInterfaces = 1'024;
inline constexpr std::size_t kCaptureHistory = 120;
inline constexpr std::size_t kMaxWorkers = 64;  // of one interface that are told apart

class CaptureBoard {
 public:
  using Key = std::pair<base::AgentId, std::string>;
  struct Interface {
    std::string state = "capturing";
    base::UntrustedText why;
    record::CaptureStats total;                      // sums since start; gauges (flows) are the newest
    std::deque<record::CaptureStats> history;        // oldest first; of all workers together
    std::array<std::uint64_t, kMaxWorkers> flows{};  // of each worker
    std::bitset<kMaxWorkers> workers;                // that there are
    std::bitset<kMaxWorkers> in_newest;              // whose intervals are in the newest of the history

    // The newest to which every worker has come; null before the first interval.
    const record::CaptureStats* newest_whole() const;
  };

  void apply(const base::AgentId& agent, const record::CaptureStats& stats);
  // `state`: "capturing", "waiting" or "off".
  void set_state(const base::AgentId& agent, const std::string& interface, std::string_view state,
                 base::UntrustedText why);
  const std::map<Key, Interface>& interfaces() const { return interfaces_; }

  void write_json(base::JsonWriter& json, bool with_history, const NameOf& name_of) const;

 private:
  Interface* find_or_make(const base::AgentId& agent, const std::string& interface);

  std::map<Key, Interface> interfaces_;
};

}  // namespace holter::api
