// Who gets which frame: conversations whole, spread over the workers, and what tells of changes to the first.
#include "filter/steering.h"

#include <gtest/gtest.h>

#include <map>

#include "base/seed_test.h"
#include "wire/numbers.h"
#include "wire/test_frames.h"

namespace holter::filter {
namespace {

using wire::test::FrameBytes;
using wire::test::kA4;
using wire::test::kA6;
using wire::test::kB4;
using wire::test::kB6;

constexpr unsigned kWorkers = 4;

std::uint32_t worker_of(const FrameBytes& frame, unsigned workers = kWorkers) {
  const BpfProgram program = steering(workers, FrameOffsets());
  EXPECT_TRUE(is_valid(program));
  return run(program, {frame, static_cast<std::uint32_t>(frame.size())});
}

base::IpAddress v4(unsigned host) {
  return base::IpAddress::v4({10, 0, static_cast<std::uint8_t>(host >> 8), static_cast<std::uint8_t>(host)});
}

base::IpAddress v6(unsigned host) {
  return base::IpAddress::v6({0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, static_cast<std::uint8_t>(host >> 8),
                              static_cast<std::uint8_t>(host)});
}

// A piece behind the first has no ports where a whole packet has them.
FrameBytes piece(FrameBytes frame) {
  frame[20] = 0x00;
  frame[21] = 0xb9;
  return frame;
}

TEST(Steering, BothDirectionsAndEveryPieceComeToOneWorker) {
  std::mt19937_64 random = base::seeded_random();
  for (int i = 0; i < 2'000; ++i) {
    const auto a = static_cast<unsigned>(base::below(random, 65'536));
    const auto b = static_cast<unsigned>(base::below(random, 65'536));
    const auto port = static_cast<std::uint16_t>(1'024 + base::below(random, 60'000));
    for (const auto& [near, far] : {std::pair(v4(a), v4(b)), std::pair(v6(a), v6(b))}) {
      const std::uint32_t worker = worker_of(wire::test::tcp_frame({near, port}, {far, 443}, wire::kTcpSyn));
      EXPECT_LT(worker, kWorkers);
      EXPECT_EQ(worker_of(wire::test::tcp_frame({far, 443}, {near, port}, wire::kTcpAck)), worker);
      EXPECT_EQ(worker_of(wire::test::udp_frame({far, 4'789}, {near, port}, "tunnelled")), worker);
      if (near == v4(a)) EXPECT_EQ(worker_of(piece(wire::test::udp_frame({near, 1}, {far, 2}, "behind"))), worker);
    }
  }
}

TEST(Steering, NeighboursAreSpreadOverAllWorkers) {
  for (const bool six : {false, true}) {
    std::map<std::uint32_t, int> load;
    for (unsigned host = 2; host < 1'002; ++host) {
      const auto server = six ? v6(1) : v4(1);
      ++load[worker_of(wire::test::udp_frame({six ? v6(host) : v4(host), 5'000}, {server, 53}, "?"))];
    }
    ASSERT_EQ(load.size(), kWorkers);
    for (const auto& [worker, frames] : load) EXPECT_GT(frames, 150) << worker;
  }
}

TEST(Steering, WhatTellsOfChangesComesToTheFirst) {
  const auto everyone = base::IpAddress::v4({255, 255, 255, 255});
  const auto group = base::IpAddress::v4({224, 0, 0, 2});
  const auto routers = base::IpAddress::v6({0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2});
  for (unsigned host = 2; host < 40; ++host) {
    const auto near = v4(host);
    const auto near6 = v6(host);
    for (const auto& frame :
         {wire::test::ethernet(wire::kEthertypeArp, FrameBytes(28)), wire::test::ethernet(0x88cc, FrameBytes(60)),
          wire::test::ethernet(38, FrameBytes(60)), wire::test::echo_frame(near6, kB6, false, 1, 2),
          wire::test::udp_frame({near, 68}, {everyone, 67}, "discover"),
          wire::test::udp_frame({near, 68}, {kB4, 67}, "renew"), wire::test::udp_frame({kB4, 67}, {near, 68}, "ack"),
          wire::test::udp_frame({near6, 546}, {kB6, 547}, "renew"),
          wire::test::udp_frame({near, 1'985}, {group, 1'985}, "hello"),
          wire::test::udp_frame({near6, 2'029}, {routers, 2'029}, "hello"),
          wire::test::ip_frame(near, kB4, 112, FrameBytes(20)),
          wire::test::ip_frame(near6, kB6, 112, FrameBytes(20))}) {
      EXPECT_EQ(worker_of(frame), 0U) << host;
    }
  }
}

TEST(Steering, OneWorkerGetsEverything) {
  for (unsigned host = 2; host < 40; ++host) {
    EXPECT_EQ(worker_of(wire::test::udp_frame({v4(host), 1}, {kA4, 2}, "x"), 1), 0U);
    EXPECT_EQ(worker_of(wire::test::udp_frame({v6(host), 1}, {kA6, 2}, "x"), 1), 0U);
  }
}

TEST(Steering, WhatIsCutComesToTheFirst) {
  const FrameBytes frame = wire::test::udp_frame({v4(7), 1}, {kA4, 2}, "x");
  for (std::size_t n = 0; n < 34; ++n) {
    EXPECT_EQ(worker_of(FrameBytes(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(n))), 0U) << n;
  }
}

}  // namespace
}  // namespace holter::filter
