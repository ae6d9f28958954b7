#include <gtest/gtest.h>
#include <signal.h>
#include <sys/time.h>

#include <algorithm>
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

// What a signal does while a block is copied: it laps the ring, as a writer does that runs while the reader was put to
// sleep.
struct Lapping {
  Writer& writer;
  const Traffic& traffic;
  std::uint32_t recorded = 0;
  std::atomic<bool> copying = false;
  std::atomic<unsigned> interrupted = 0;  // copies

  void lap(std::uint32_t frames) {
    static const wire::Packet packet = wire::decode(traffic.frame(0), 64, wire::LinkType::ethernet);
    for (; frames != 0; --frames, ++recorded) {
      const test::FrameBytes& bytes = traffic.frame(recorded);
      writer.record({at(recorded / 1e6), bytes, static_cast<std::uint32_t>(bytes.size())}, packet);
    }
  }
};

constexpr unsigned kInterrupted = 200;

bool is_as_sent(Block& copy, const Traffic& traffic) {
  bool good = true;
  for (auto frame = copy.next(); frame; frame = copy.next()) {
    const auto number = static_cast<std::uint32_t>(std::lround((frame->captured_at - at(0)).in_seconds() * 1e6));
    good = good && std::ranges::equal(traffic.frame(number), frame->bytes);
  }
  return good && copy.at_end();
}

Lapping* lapping = nullptr;

void on_signal(int) {
  if (!lapping->copying) return;
  ++lapping->interrupted;
  lapping->lap(1'300);  // more than a block, so that the one that is copied is written halfway
}

// With a writer on another processor a copy is nearly always faster; one that was put to sleep is not.
TEST(RecorderConcurrently, ABlockThatIsOverwrittenWhileItIsCopiedIsNotWhole) {
  const Traffic traffic;
  Memory memory;
  memory.layout.blocks = {2, 2, 2};
  const Ring ring = memory.make();
  Writer writer(ring);
  writer.begin_source("eth0", wire::LinkType::ethernet, at(0));
  Lapping lapper{writer, traffic};
  lapper.lap(2'000);
  lapping = &lapper;
  struct sigaction former{};
  struct sigaction action{};
  action.sa_handler = on_signal;
  sigaction(SIGALRM, &action, &former);
  Block copy;
  bool good = true;
  for (std::uint64_t tries = 0; lapper.interrupted < kInterrupted && good && tries < 1'000'000; ++tries) {
    const itimerval once{{0, 0}, {0, static_cast<suseconds_t>(1 + tries % 50)}};
    const unsigned before = lapper.interrupted;
    const std::uint64_t sequence = ring.newest(Share::usual) - 1;
    lapper.copying = true;
    setitimer(ITIMER_REAL, &once, nullptr);
    const CopyEnd end = copy.copy(ring, Share::usual, sequence);
    lapper.copying = false;
    if (lapper.interrupted != before && end == CopyEnd::whole) good = good && is_as_sent(copy, traffic);
  }
  const itimerval never{};
  setitimer(ITIMER_REAL, &never, nullptr);
  sigaction(SIGALRM, &former, nullptr);
  EXPECT_TRUE(good) << "a torn block is said to be whole";
  EXPECT_EQ(lapper.interrupted, kInterrupted);
}

}  // namespace
}  // namespace holter::recorder
