#include "suspicion/silence.h"

#include <algorithm>
#include <cmath>

namespace holter::suspicion {
namespace {

constexpr std::uint32_t kMostMissed = 512;  // beyond, the level says nothing more

// Beta priors, as pseudo-counts. With what was never seen the next sign is lost as often as one of the last; once there
// are losses, a quarter of one is taken to have gone on, however small the share of losses is.
constexpr double kStartPrior = 0.5;
constexpr double kGoesOnWeight = 16;
constexpr double kGoesOnLeast = 0.25;

constexpr std::uint32_t kDeviationShare = 16;   // of a new jitter in the mean
constexpr std::uint32_t kPeakFades = 64;        // signs, by an eighth each time
constexpr std::uint32_t kLongestFades = 4'096;  // by one
constexpr double kDeviations = 8;               // of a sign that is late by chance
constexpr double kLeastAllowance = 1.0 / 8;     // of an interval

std::uint32_t divided_up(std::uint32_t number, std::uint32_t by) { return (number + by - 1) / by; }
std::uint32_t divided(std::uint32_t number, std::uint32_t by) { return (number + by / 2) / by; }

base::Duration share(base::Duration interval, double part) {
  return base::Duration::nanoseconds(std::llround(static_cast<double>(interval.in_nanoseconds()) * part));
}

// One lost sign alone is never suspect, nor what is less than half of what was asked for.
std::uint32_t least_borne(const Pace& pace) { return std::max((pace.multiplier + 1) / 2, 2U); }
std::uint32_t most_borne(const Pace& pace) { return std::max(2 * pace.multiplier, 2U) - 1; }

}  // namespace

// The probability that the next k signs of a living session are all missed, for k = 1, 2, 3 ...
class Silence::Chain {
 public:
  explicit Chain(const Silence& silence) {
    const double lost = static_cast<double>(silence.lost_) / kLostUnit;
    const double runs = silence.runs_;
    probability_ = (runs + kStartPrior) / (silence.trials() + 1.0);
    const double prior = kGoesOnWeight * silence.loss_ratio();
    gone_on_ = std::max(lost - runs, 0.0) + (runs > 0 ? std::max(prior, kGoesOnLeast) : prior);
    tried_ = lost + kGoesOnWeight;
  }
  double probability() const { return probability_; }
  void next() { probability_ *= std::min(gone_on_++ / tried_++, 1.0); }

 private:
  double probability_;
  double gone_on_;
  double tried_;
};

void Silence::on_spacing(base::Duration spacing, const Pace& pace) {
  if (spacing < base::Duration::zero() || pace.interval <= base::Duration::zero()) return;
  const std::int64_t interval = pace.interval.in_nanoseconds();
  const std::int64_t intervals = (spacing + pace.interval / 2).in_nanoseconds() / interval;
  if (intervals - 1 > 2 * static_cast<std::int64_t>(pace.multiplier)) return;
  if (intervals > 0) on_jitter(spacing - pace.interval * intervals, pace.interval);
  open_ = std::min<std::uint32_t>(open_ + 1, kMemory);
  if (intervals > 1) on_run(static_cast<std::uint32_t>(intervals - 1));
  if (open_ == kMemory) runs_ = longest_ = gaps_ = lost_ = 0;
  fade();
}

void Silence::on_run(std::uint32_t length) {
  length = std::min(length, kLongestRun);
  if (runs_ == kRuns) {
    gaps_ = static_cast<std::uint16_t>(gaps_ - divided(gaps_, kRuns));
    lost_ = static_cast<std::uint16_t>(lost_ - divided(lost_, kRuns));
  } else {
    ++runs_;
  }
  gaps_ = static_cast<std::uint16_t>(gaps_ + std::min<std::uint32_t>(open_, kLongestGap));
  lost_ = static_cast<std::uint16_t>(lost_ + length * kLostUnit);
  longest_ = std::max<std::uint32_t>(longest_, length);
  open_ = 0;
}

// The mean is rounded up, so that it does not stand still above zero, nor fall to it.
void Silence::on_jitter(base::Duration off, base::Duration interval) {
  const double part = off.in_seconds() / interval.in_seconds() * kJitterUnit;
  const auto distance = std::min(static_cast<std::uint32_t>(std::abs(part)), kMostJitter);
  deviation_ = std::min(divided_up(deviation_ * (kDeviationShare - 1) + distance, kDeviationShare), kMostJitter);
  if (part > 0) peak_ = std::max<std::uint32_t>(peak_, distance);
}

void Silence::fade() {
  age_ = (age_ + 1) % kLongestFades;
  if (age_ % kPeakFades == 0) peak_ -= divided_up(peak_, 8);
  if (age_ == 0 && longest_ > 0) --longest_;
}

double Silence::loss_ratio() const {
  const double lost = static_cast<double>(lost_) / kLostUnit;
  return (lost + kStartPrior) / (lost + trials() + 1);
}

double Silence::jitter() const { return static_cast<double>(deviation_) / kJitterUnit; }

// How many signs may be missed.
std::uint32_t Silence::borne(const Pace& pace) const {
  const std::uint32_t most = runs_ == 0 ? pace.multiplier : most_borne(pace);
  std::uint32_t missed = 1;
  for (Chain chain(*this); missed < most && chain.probability() > kTolerance; ++missed) chain.next();
  return std::min(most, std::max({missed, least_borne(pace), longest_ + 1U}));
}

base::Duration Silence::stretched(const Pace& pace) const { return share(pace.interval, 1 + jitter()); }

base::Duration Silence::allowance(const Pace& pace) const {
  const double late = std::max(kDeviations * deviation_, static_cast<double>(peak_)) / kJitterUnit;
  return share(pace.interval, std::max(late, kLeastAllowance));
}

base::Duration Silence::patience(const Pace& pace) const {
  const base::Duration fixed = pace.detection_time();
  if (!warm()) return fixed;
  const base::Duration wanted = stretched(pace) * borne(pace) + allowance(pace);
  return std::min(wanted, runs_ == 0 ? fixed : fixed * 2);
}

double Silence::level(base::Duration silent, const Pace& pace) const {
  const base::Duration overdue = silent - allowance(pace);
  if (overdue <= base::Duration::zero()) return 0;
  const std::int64_t missed = overdue.in_nanoseconds() / std::max<std::int64_t>(stretched(pace).in_nanoseconds(), 1);
  if (missed == 0) return 0;
  Chain chain(*this);
  double level = -std::log10(chain.probability());
  for (std::int64_t k = 1; k < std::min<std::int64_t>(missed, kMostMissed) && level < kHighestLevel; ++k) {
    chain.next();
    level = -std::log10(chain.probability());
  }
  return std::min(level, kHighestLevel);
}

}  // namespace holter::suspicion
