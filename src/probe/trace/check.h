// TraceCheck looks whether a known path still holds, with a packet a second: first the target itself, then one place
// of the path after the other, where the last look ended. It is over after `looks` packets, or at once when somebody
// else answers than is known, or when the target leaves kTries questions open. A place whose router is spent
// (RouterPace) is passed by: other traces look at it. Pure; memory and pace outlive it.
#pragma once

#include "probe/trace/memory.h"
#include "probe/trace/pace.h"

namespace holter::probe {

class TraceCheck final : public TraceWalk {
 public:
  static constexpr base::Duration kEvery = base::Duration::seconds(1);
  static constexpr int kTries = 3;

  TraceCheck(base::IpAddress target, PathMemory& memory, RouterPace& pace, std::uint32_t looks)
      : target_(target), memory_(memory), pace_(pace), looks_(looks) {}

  std::optional<TraceAsk> next(base::Instant now) override;
  void on_answer(const TraceAnswer& answer, base::Instant now) override;
  void on_unsent(std::uint32_t) override {}
  bool finished() const override { return finished_; }
  base::Instant next_deadline() const override { return next_look_; }
  bool waits_for_room() const override { return false; }

  // Something is not as it was known: the path has to be found anew.
  bool doubts() const { return doubts_; }
  std::optional<base::Duration> target_rtt() const { return target_rtt_; }

 private:
  std::optional<PathMemory::Place> place_to_look_at(base::Instant now);
  void doubt();

  base::IpAddress target_;
  PathMemory& memory_;
  RouterPace& pace_;
  std::uint32_t looks_;
  std::vector<PathMemory::Place> asked_;
  std::optional<base::Duration> target_rtt_;
  int target_open_ = 0;
  bool doubts_ = false;
  bool finished_ = false;
  base::Instant next_look_;
};

}  // namespace holter::probe
