// Phi accrual failure detectors as they are in use, for comparison with holter's own: a silence is suspect when the
// probability that a sign still comes is below 10^-threshold, by the distribution of the last 1,000 spacings.
//
//   normal        Hayashibara and others 2004, and Akka with a pause that is accepted on top; the deviation is at least
//                 a tenth of the interval, as Akka's is by default
//   exponential   Cassandra: by the mean alone; spacings above two intervals are not learned
#pragma once

#include <cstddef>
#include <vector>

#include "base/time.h"

namespace holter::sim {

class PhiAccrual {
 public:
  enum class Distribution { normal, exponential };
  static constexpr std::size_t kSamples = 1'000;
  static constexpr double kThreshold = 8;

  PhiAccrual(Distribution distribution, base::Duration interval, double pause_intervals = 0);

  void on_spacing(base::Duration spacing);
  base::Duration patience() const;

 private:
  Distribution distribution_;
  double interval_;  // seconds
  double pause_;
  std::vector<double> samples_;
  std::size_t next_ = 0;
  double sum_ = 0;
  double sum_of_squares_ = 0;
};

}  // namespace holter::sim
