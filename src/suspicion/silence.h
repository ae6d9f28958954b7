// Silence learns from the spacing of signs of life how long a living session may well be silent, so that one on a lossy
// link does not flap and the end of one on a good link is noticed early. 12 bytes: there are a million sessions. Pure;
// one thread. Why it is so and not phi accrual: docs/design/0015-suspicion.md.
//
// Model: the spacing of two signs is a whole number of intervals and a little jitter; n intervals mean a *run* of n - 1
// lost signs. Runs begin by one chance and go on by another (Gilbert 1960), so a burst is not taken for independent
// loss. Both chances are posterior predictive ones of Beta priors, so few observations are not overrated. A silence is
// suspect after the smallest number k of missed signs whose probability is below kTolerance; patience is k intervals,
// stretched by the jitter, and an allowance for the lateness of the k-th sign:
//
//   before kWarmUp signs                 the fixed detection time: multiplier x interval
//   no loss in what is remembered        at most that; at least half of it, and two intervals
//   losses in what is remembered         at most twice that; a run that was seen of late is borne again
//
// It remembers about kRuns runs, and forgets them all after kMemory signs without one. A run longer than patience could
// ever bridge is an outage, not loss, and teaches nothing.
#pragma once

#include <cstdint>

#include "base/time.h"

namespace holter::suspicion {

// What a session announces, in RFC 5880's words.
struct Pace {
  base::Duration interval;  // above zero
  std::uint32_t multiplier = 3;

  base::Duration detection_time() const { return interval * multiplier; }
};

class Silence {
 public:
  static constexpr std::uint32_t kWarmUp = 32;
  static constexpr std::uint32_t kMemory = 16'383;
  static constexpr std::uint32_t kRuns = 120;
  static constexpr double kTolerance = 1e-7;  // a living session shall be suspected at most this often, a sign
  static constexpr double kHighestLevel = 99;

  // The time between two signs of one sender, during which the observer listened.
  void on_spacing(base::Duration spacing, const Pace& pace);

  // How long a silence may last before it is suspect.
  base::Duration patience(const Pace& pace) const;
  // How improbable it is that a living session is silent so long: -log10 of it, 0 to kHighestLevel.
  double level(base::Duration silent, const Pace& pace) const;

  // What is remembered: the share of signs that were lost, and the mean jitter as a share of the interval.
  double loss_ratio() const;
  double jitter() const;
  bool warm() const { return trials() >= kWarmUp; }

 private:
  static constexpr std::uint32_t kLongestGap = 511;  // one long gap does not outweigh a hundred short ones
  static constexpr std::uint32_t kLongestRun = 63;   // a longer one counts as this
  static constexpr std::uint32_t kLostUnit = 8;      // lost_ in eighths
  static constexpr std::uint32_t kJitterUnit = 4'096;
  static constexpr std::uint32_t kMostJitter = kJitterUnit / 2 - 1;

  class Chain;

  // Signs after which the next one was lost or not.
  std::uint32_t trials() const { return gaps_ + open_; }
  std::uint32_t borne(const Pace& pace) const;
  base::Duration stretched(const Pace& pace) const;
  base::Duration allowance(const Pace& pace) const;
  void on_run(std::uint32_t length);
  void on_jitter(base::Duration off, base::Duration interval);
  void fade();

  std::uint32_t open_ : 14 = 0;       // signs since the last run, at most kMemory
  std::uint32_t age_ : 12 = 0;        // counts signs, round and round
  std::uint32_t longest_ : 6 = 0;     // of the runs, fading
  std::uint32_t runs_ : 7 = 0;        // remembered
  std::uint32_t deviation_ : 11 = 0;  // mean distance from a whole number of intervals, in kJitterUnit
  std::uint32_t peak_ : 11 = 0;       // the greatest lateness, fading; the same
  std::uint16_t gaps_ = 0;            // signs between the runs that are remembered
  std::uint16_t lost_ = 0;            // signs in them, in kLostUnit
};
static_assert(sizeof(Silence) == 12);

}  // namespace holter::suspicion
