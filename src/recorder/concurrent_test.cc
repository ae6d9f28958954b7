#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <iostream>

#include "env/linux/thread.h"
#include "recorder/test_ring.h"

namespace holter::recorder {
namespace {

using test::at;
using test::Memory;
using test::numbered;

constexpr std::uint32_t kKinds = 1'000;
constexpr std::uint32_t kAtLeast = 200'000;  // frames

struct Traffic {
  Traffic() {
    for (std::uint32_t i = 0; i < kKinds; ++i) frames.push_back(numbered(i));
  }
  const test::FrameBytes& frame(std::uint32_t number) const { return frames[number % kKinds]; }

  std::vector<test::FrameBytes> frames;
};

void record_until(const std::atomic<bool>& stop, const Ring& ring, const Traffic& traffic,
                  std::atomic<std::uint32_t>& recorded) {
  Writer writer(ring);
  writer.begin_source("eth0", wire::LinkType::ethernet, at(0));
  const wire::Packet packet = wire::decode(traffic.frame(0), 64, wire::LinkType::ethernet);
  for (std::uint32_t i = 0; !stop; ++i) {
    Frame frame{at(i / 1e6), traffic.frame(i), static_cast<std::uint32_t>(traffic.frame(i).size())};
    writer.record(frame, packet);
    recorded = i + 1;
  }
}

// A writer that laps the ring again and again, and a reader that freezes it meanwhile: every frame that comes out is
// one that went in, whole and in order, and there is no hole where no block is counted as missed.
TEST(RecorderConcurrently, AFreezeNeverSeesATornFrame) {
  const Traffic traffic;
  Memory memory;
  memory.layout.blocks = {3, 2, 2};  // lapped while it is copied
  const Ring ring = memory.make();
  std::atomic<bool> stop = false;
  std::atomic<std::uint32_t> recorded = 0;
  std::uint64_t frames = 0;
  std::uint64_t missed = 0;
  {
    const env_linux::Thread recording("recording", [&] { record_until(stop, ring, traffic, recorded); });
    for (int round = 0; round < 200 || recorded < kAtLeast; ++round) {
      const std::uint32_t before = recorded;
      const auto frozen = test::freeze(ring, {{}, base::PacketTime(), base::PacketTime::max()}, at(1));
      frames += frozen.frames.size();
      missed += frozen.missed;
      std::uint32_t last = 0;
      bool good = true;
      for (std::size_t i = 0; i < frozen.frames.size(); ++i) {
        const auto number = static_cast<std::uint32_t>(std::lround(frozen.seconds[i] * 1e6));
        good = good && frozen.frames[i] == traffic.frame(number);
        good = good && (i == 0 || (frozen.missed == 0 ? number == last + 1 : number > last));
        last = number;
      }
      EXPECT_TRUE(good);
      EXPECT_TRUE(before == 0 || frozen.missed != 0 || last + 1 >= before) << "what was recorded before is there";
      for (const Share share : kShares) EXPECT_GE(ring.figures(share, at(1)).covers, base::Duration::zero());
    }
    stop = true;
  }
  EXPECT_GT(frames, 0u);
  std::cout << frames << " frames frozen, " << missed << " blocks missed\n";
}

}  // namespace
}  // namespace holter::recorder
