#include "sim/figures/phi_accrual.h"

#include <gtest/gtest.h>

namespace holter::sim {
namespace {

using base::Duration;

double patience(PhiAccrual detector, const std::vector<double>& spacings) {
  for (int i = 0; i < 2'000; ++i) {
    const double spacing = spacings[static_cast<std::size_t>(i) % spacings.size()];
    detector.on_spacing(Duration::nanoseconds(static_cast<std::int64_t>(spacing * 1e9)));
  }
  return detector.patience().in_seconds();
}

TEST(PhiAccrual, IsWhatItsPapersSay) {
  const Duration second = Duration::seconds(1);
  using enum PhiAccrual::Distribution;
  EXPECT_NEAR(patience({normal, second}, {1}), 1.5612, 0.001) << "the least deviation";
  EXPECT_NEAR(patience({normal, second, 3}, {1}), 4.5612, 0.001);
  EXPECT_NEAR(patience({normal, second}, {1, 2}), 1.5 + 5.612 * 0.5, 0.001);
  EXPECT_NEAR(patience({exponential, second}, {1}), 18.42, 0.01);
  EXPECT_NEAR(patience({exponential, second}, {1, 5}), 18.42, 0.01) << "what is above two intervals is left out";
}

}  // namespace
}  // namespace holter::sim
