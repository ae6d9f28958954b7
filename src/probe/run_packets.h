// RunPackets brings together what a run of a probe found and what a capture saw of its packets. The capture sees frames
// a moment later than the prober has its answer: a result waits until each packet that was announced was seen to leave
// and to be answered, else kSettled; then it says what was seen as facts (wire, wire_interface, wire_sent, wire_rtt)
// and a failure says it in its transcript. What was not seen is not known: the packet may have gone another way, been
// refused by the capture's filter, or found no room there. It is never a loss.
//
// Facts, and no record of their own: whoever asks for results sees them, filters by them and keeps them as long, an
// agent sends them along, and nothing has to be joined. The price is the wait, which a result of whose packets all was
// seen hardly has; a probe whose packets pass no captured interface waits only now and then, to see whether they do.
//
// Of several interfaces the first counts that saw a run's packet leave. At most kMaxRuns; a run above that has nothing
// said of it. Pure: takes `now`, says next_deadline(); one loop.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "record/probe_packets.h"

namespace holter::probe {

inline constexpr std::size_t kMaxRuns = 65'536;
inline constexpr std::size_t kMostWireTimes = 16;  // of one result
// A frame waits in a block of the ring for 50 ms, and the capture's loop may be busy.
inline constexpr base::Duration kSettled = base::Duration::milliseconds(250);
// After so many runs of a probe of which nothing was seen only one in kLookAgain waits.
inline constexpr unsigned kElsewhere = 3;
inline constexpr unsigned kLookAgain = 16;

class RunPackets {
 public:
  // A packet of that run is about to leave; one that may not, as another address of a name, is waited for no longer
  // than for the result. False when there is no room for the run.
  bool announced(std::uint64_t run, bool awaited, base::Instant now);
  // The run has ended with a result that starts so.
  void ended(std::uint64_t run, const std::string& probe, base::Instant started);
  void see(const record::ProbeSightings& sightings, base::Instant now);

  // Empty when the result waits here now; else it is given back at once.
  std::optional<record::ProbeResult> hold(record::ProbeResult result, base::Instant now);
  // Results that wait no longer.
  std::vector<record::ProbeResult> take(base::Instant now);
  // When take() has something.
  std::optional<base::Instant> next_deadline() const;
  std::size_t runs() const { return runs_.size(); }

 private:
  struct Seen {
    base::PacketTime left;
    std::optional<base::PacketTime> came;
  };
  struct Run {
    base::Instant forget_at;
    std::uint32_t awaited = 0;
    std::string interface = {};
    std::map<std::uint32_t, Seen> seen = {};  // by place
    std::uint32_t answered = 0;
    std::optional<std::pair<base::Instant, std::string>> key = {};
    std::optional<record::ProbeResult> result = {};
    base::Instant held_until = {};

    bool complete() const { return answered >= awaited; }
  };
  using Runs = std::map<std::uint64_t, Run>;

  bool goes_elsewhere(const std::string& probe) const;
  void expire(base::Instant now);
  Runs::iterator erase(Runs::iterator run);
  record::ProbeResult release(Runs::iterator run);
  void tell(Run& run);
  bool lost_since(const std::string& interface, base::Instant since) const;

  Runs runs_;
  std::map<std::pair<base::Instant, std::string>, std::uint64_t> by_start_;
  std::set<std::pair<base::Instant, std::uint64_t>> held_;      // until when
  std::vector<std::uint64_t> complete_;                         // of those that are held
  std::unordered_map<std::string, std::string> used_to_leave_;  // the interface at which a probe's packets were seen
  std::unordered_map<std::string, unsigned> unseen_;            // runs of a probe on end
  std::unordered_map<std::string, base::Instant> lost_at_;      // when an interface told last that it lost frames
};

}  // namespace holter::probe
