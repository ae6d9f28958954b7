// TraceCheck looks whether a known path still holds, with a packet a second: first the target itself, then one place of
// the path after the other, where the last check ended. It is over after so many looks, or at once in doubt: when
// somebody else answers than is known, when the target leaves kTries questions open, or when a target answers that was
// not reached before. A place whose router is spent (RouterPace) is passed by: other traces look at it. Pure; memory
// and pace outlive it.
#pragma once

#include "probe/trace/memory.h"
#include "probe/trace/pace.h"

namespace holter::probe {

struct CheckOptions {
  std::uint32_t looks = 0;  // at least so many seconds, one for each; 0: until the target answers
  std::uint8_t max_hops = record::kMaxHops;
};

class TraceCheck final : public TraceWalk {
 public:
  static constexpr base::Duration kEvery = base::Duration::seconds(1);
  static constexpr std::uint32_t kTries = 3;

  TraceCheck(base::IpAddress target, PathMemory& memory, RouterPace& pace, CheckOptions options)
      : target_(target), memory_(memory), pace_(pace), options_(options) {}

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
  bool target_was_reached() const { return memory_.path().end == record::PathEnd::reached; }
  bool awaits_target() const { return !target_rtt_ && target_was_reached(); }
  std::optional<PathMemory::Place> place_to_look_at(base::Instant now);
  PathMemory::Place target_place() const;
  void doubt();

  base::IpAddress target_;
  PathMemory& memory_;
  RouterPace& pace_;
  CheckOptions options_;
  std::vector<PathMemory::Place> asked_;
  std::uint32_t looks_ = 0;
  std::optional<base::Duration> target_rtt_;
  bool doubts_ = false;
  bool finished_ = false;
  base::Instant next_look_;
};

}  // namespace holter::probe
