#include "sim/figures/phi_accrual.h"

#include <algorithm>
#include <cmath>

namespace holter::sim {
namespace {

constexpr double kDeviationsAt8 = 5.612;  // a normal variable exceeds its mean by so many with probability 10^-8
constexpr double kLeastDeviation = 0.1;   // of an interval

}  // namespace

PhiAccrual::PhiAccrual(Distribution distribution, base::Duration interval, double pause_intervals)
    : distribution_(distribution), interval_(interval.in_seconds()), pause_(pause_intervals * interval.in_seconds()) {
  samples_.reserve(kSamples);
  // As Akka begins: two spacings around the interval.
  on_spacing(interval * 3 / 4);
  on_spacing(interval * 5 / 4);
}

void PhiAccrual::on_spacing(base::Duration spacing) {
  const double seconds = spacing.in_seconds();
  if (distribution_ == Distribution::exponential && seconds > 2 * interval_) return;
  if (samples_.size() < kSamples) samples_.push_back(0);
  double& sample = samples_[next_];
  sum_ += seconds - sample;
  sum_of_squares_ += seconds * seconds - sample * sample;
  sample = seconds;
  next_ = (next_ + 1) % kSamples;
}

base::Duration PhiAccrual::patience() const {
  const double n = static_cast<double>(samples_.size());
  const double mean = sum_ / n;
  double seconds = mean * kThreshold * std::log(10);
  if (distribution_ == Distribution::normal) {
    const double deviation = std::sqrt(std::max(sum_of_squares_ / n - mean * mean, 0.0));
    seconds = mean + pause_ + kDeviationsAt8 * std::max(deviation, kLeastDeviation * interval_);
  }
  return base::Duration::nanoseconds(std::llround(seconds * 1e9));
}

}  // namespace holter::sim
