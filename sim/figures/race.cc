#include "sim/figures/race.h"

#include <algorithm>

#include "sim/figures/phi_accrual.h"

namespace holter::sim {
namespace {

using base::Duration;
using base::Instant;

constexpr std::uint64_t kDeathEvery = 997;    // pulses
constexpr std::uint64_t kDeathsFrom = 5'000;  // by then every detector knows its link
// What has arrived when a deadline is judged counts as heard, as HeartbeatListener does it.
constexpr Duration kSettle = Duration::milliseconds(1);

class Runner {
 public:
  explicit Runner(const suspicion::Pace& pace)
      : pace_(pace),
        normal_(PhiAccrual::Distribution::normal, pace.interval),
        paused_(PhiAccrual::Distribution::normal, pace.interval, 3),
        exponential_(PhiAccrual::Distribution::exponential, pace.interval) {
    learn();
  }
  void on_spacing(Duration spacing) {
    normal_.on_spacing(spacing);
    paused_.on_spacing(spacing);
    exponential_.on_spacing(spacing);
    silence_.on_spacing(spacing, pace_);
    learn();
  }
  const std::array<Duration, kRunners.size()>& patience() const { return patience_; }

 private:
  void learn() {
    patience_ = {pace_.detection_time(), normal_.patience(), paused_.patience(), exponential_.patience(),
                 silence_.patience(pace_)};
  }

  suspicion::Pace pace_;
  PhiAccrual normal_;
  PhiAccrual paused_;
  PhiAccrual exponential_;
  suspicion::Silence silence_;
  std::array<Duration, kRunners.size()> patience_;
};

void run_session(const Course& course, SeededRandom random, std::array<Result, kRunners.size()>& results) {
  LossyLink link(course.weather, random.fork(1));
  Runner runner(course.pace);
  Instant last = Instant() + course.weather.delay;
  for (std::uint64_t pulse = 1; pulse < course.pulses; ++pulse) {
    const Instant sent = Instant() + course.pace.interval * static_cast<std::int64_t>(pulse);
    if (pulse % kDeathEvery == 0 && pulse >= kDeathsFrom) {
      const Instant death = sent - random.between(Duration(), course.pace.interval);
      for (std::size_t i = 0; i < kRunners.size(); ++i) {
        const Duration detection = last + runner.patience()[i] - death;
        if (detection > Duration::zero()) results[i].detections.push_back(detection.in_seconds());
      }
    }
    const auto takes = link.carry();
    if (!takes) continue;
    const Instant arrival = std::max(sent + *takes, last);
    const Duration spacing = arrival - last;
    for (std::size_t i = 0; i < kRunners.size(); ++i) {
      if (spacing > runner.patience()[i] + kSettle) ++results[i].false_downs;
    }
    runner.on_spacing(spacing);
    last = arrival;
  }
}

}  // namespace

std::array<Result, kRunners.size()> race(const Course& course, std::uint64_t seed) {
  SeededRandom random(seed);
  std::array<Result, kRunners.size()> results;
  for (std::uint32_t session = 0; session < course.sessions; ++session)
    run_session(course, random.fork(session), results);
  for (Result& result : results) std::ranges::sort(result.detections);
  return results;
}

}  // namespace holter::sim
