// What is shown of an interface that several workers share: their sums, and rates to which all of them have come.
#include "api/capture_board.h"

#include <gtest/gtest.h>

namespace holter::api {
namespace {

record::CaptureStats second(std::uint32_t worker, int at, std::uint64_t received, std::uint64_t flows) {
  record::CaptureStats stats;
  stats.interface = "eth0";
  stats.worker = worker;
  stats.from = base::WallTime::from_nanoseconds(std::int64_t{at} * 1'000'000'000);
  stats.to = stats.from + base::Duration::seconds(1);
  stats.received = received;
  stats.flows = flows;
  return stats;
}

class Shared : public testing::Test {
 protected:
  const CaptureBoard::Interface& eth0() const { return board_.interfaces().begin()->second; }

  base::AgentId agent_;
  CaptureBoard board_;
};

TEST_F(Shared, FiguresAreTheSumsOverTheWorkers) {
  board_.apply(agent_, second(0, 100, 10, 3));
  board_.apply(agent_, second(1, 100, 5, 4));
  board_.apply(agent_, second(0, 101, 20, 1));
  board_.apply(agent_, second(1, 101, 7, 6));
  EXPECT_EQ(eth0().total.received, 42U);
  EXPECT_EQ(eth0().total.flows, 7U);
  ASSERT_EQ(eth0().history.size(), 2U);
  EXPECT_EQ(eth0().history[0].received, 15U);
  EXPECT_EQ(eth0().history[1].received, 27U);
}

TEST_F(Shared, ARateWaitsForEveryWorker) {
  EXPECT_EQ(CaptureBoard::Interface().newest_whole(), nullptr);
  board_.apply(agent_, second(0, 100, 10, 0));
  EXPECT_EQ(eth0().newest_whole()->received, 10U);
  board_.apply(agent_, second(1, 100, 5, 0));
  board_.apply(agent_, second(0, 101, 20, 0));
  EXPECT_EQ(eth0().newest_whole()->received, 15U);
  board_.apply(agent_, second(1, 101, 1, 0));
  EXPECT_EQ(eth0().newest_whole()->received, 21U);
}

}  // namespace
}  // namespace holter::api
