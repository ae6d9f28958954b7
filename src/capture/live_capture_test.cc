// LiveCapture on a frame source that a test scripts, in virtual time: what is kept, how it ends, and that the figures
// add up.
#include "capture/live_capture.h"

#include <gtest/gtest.h>

#include <deque>

#include "capture/file_writer.h"
#include "capture/test_streams.h"
#include "sim/world.h"
#include "wire/file/capture_file.h"
#include "wire/test_frames.h"

namespace holter::capture {
namespace {

using base::Duration;
using wire::test::FrameBytes;

const FrameBytes kFrame = wire::test::udp_frame({wire::test::kA4, 1}, {wire::test::kB4, 53}, "question");
const FrameBytes kOther = wire::test::udp_frame({wire::test::kA4, 1}, {wire::test::kB4, 54}, "question");

// Gives `blocks` of ten frames, of which the fourth and the fifth go to another port. The kernel counts them as they
// come, one more that it dropped with each block, and hands a block over after 100 ms. Then the source goes away or
// stays silent.
struct Script {
  int blocks = 0;
  bool goes_away = false;
};

class ScriptedSource final : public env::FrameSource {
 public:
  ScriptedSource(env::Clock& clock, Script script) : clock_(clock), script_(script) {
    env::Frame frame;
    frame.bytes = kFrame;
    frame.original_length = static_cast<std::uint32_t>(kFrame.size());
    frames_.assign(10, frame);
    for (const std::size_t n : {std::size_t{3}, std::size_t{4}}) frames_[n].bytes = kOther;
  }

  const std::string& interface() const override { return name_; }
  std::uint16_t hardware_type() const override { return wire::kArphrdEther; }
  env::Task<base::Result<std::span<const env::Frame>>> next_block() override {
    if (given_ == script_.blocks) {
      if (script_.goes_away) co_return base::Error{base::ErrorKind::closed, "eth0 went down"};
      co_await clock_.sleep_for(Duration::hours(1));
    }
    if (!filling_) {
      filling_ = true;
      counters_.packets += frames_.size() + 1;
      counters_.drops += 1;
      full_at_ = clock_.now() + Duration::milliseconds(100);
    }
    co_await clock_.sleep_until(full_at_);
    filling_ = false;
    ++given_;
    co_return std::span<const env::Frame>(frames_);
  }
  base::Result<env::FrameCounters> read_counters() override { return std::exchange(counters_, {}); }

 private:
  std::string name_ = "eth0";
  env::Clock& clock_;
  Script script_;
  int given_ = 0;
  std::vector<env::Frame> frames_;
  bool filling_ = false;
  base::Instant full_at_;
  env::FrameCounters counters_;
};

struct Ended {
  LiveOutcome outcome;
  std::vector<RecordingFigures> seen;
  std::size_t frames_in_file = 0;
  bool done = false;
};

struct Wish {
  Script script;
  RecordingWish recording = {};
  std::uint64_t limit = 0;
  Duration until = Duration::seconds(10);
  std::size_t room = SIZE_MAX;
};

env::Task<void> live_program(env::Env env, Wish wish, Ended* into) {
  ScriptedSource source(env.clock, wish.script);
  test::MemoryOutput output(wish.room);
  env::OneOutput file(output);
  FileWriter writer(file, {});
  LiveCapture live(env, {{source, wish.recording}}, wish.limit, writer,
                   [into](std::span<const RecordingFigures> figures) { into->seen.push_back(figures.front()); });
  auto told = env.clock.sleep_for(wish.until);
  into->outcome = co_await live.run(std::move(told));
  wire::CaptureFileReader reader;
  reader.feed(output.bytes);
  while (reader.next().value()) ++into->frames_in_file;
  into->done = true;
}

Ended run(const Wish& wish) {
  sim::World world(1);
  auto& host = world.add_host("near", {.addresses = {base::IpAddress::v4({192, 0, 2, 1})}});
  Ended result;
  host.boot([wish, &result](env::Env env) { return live_program(env, wish, &result); });
  world.run_for(Duration::seconds(30));
  EXPECT_EQ(world.failure(), "");
  EXPECT_TRUE(result.done);
  const RecordingFigures& f = result.outcome.figures.at(0);
  EXPECT_EQ(f.kernel_packets, f.recorded + f.filtered + f.unwritten + f.surplus + f.kernel_drops + f.missing);
  EXPECT_EQ(result.frames_in_file, f.recorded);
  return result;
}

TEST(LiveCapture, RecordsUntilToldAndTheFiguresAddUp) {
  const Ended got = run({.script = {.blocks = 30}});
  EXPECT_TRUE(got.outcome.sources.at(0) && got.outcome.sink);
  EXPECT_EQ(got.outcome.figures[0].recorded, 300u);
  EXPECT_EQ(got.outcome.figures[0].kernel_drops, 30u);
  EXPECT_EQ(got.outcome.figures[0].recorded_bytes, 300 * kFrame.size());
  EXPECT_EQ(got.seen.size(), 9u) << "one look a second";
}

TEST(LiveCapture, TakesWhatTheKernelHasCountedBeforeItWasTold) {
  const Ended got = run({.script = {.blocks = 1'000}, .until = Duration::milliseconds(2'550)});
  EXPECT_EQ(got.outcome.figures[0].recorded, 260u) << "the block that was being filled too";
  EXPECT_EQ(got.outcome.figures[0].missing, 0u);
}

TEST(LiveCapture, EndsWithTheLastFrameWanted) {
  const Ended got = run({.script = {.blocks = 30}, .limit = 25});
  EXPECT_EQ(got.outcome.figures[0].recorded, 25u);
  EXPECT_EQ(got.outcome.figures[0].surplus, 5u);
  EXPECT_EQ(got.outcome.figures[0].kernel_packets, 33u);
}

TEST(LiveCapture, KeepsWhatTheFilterMatchesUpToTheLimit) {
  RecordingWish wish{.filter = filter::PacketFilter::compile("udp.dst_port == 54").value(),
                     .link = wire::LinkType::ethernet};
  const Ended all = run({.script = {.blocks = 30}, .recording = wish});
  EXPECT_EQ(all.outcome.figures[0].recorded, 60u);
  EXPECT_EQ(all.outcome.figures[0].filtered, 240u);
  EXPECT_EQ(all.outcome.figures[0].recorded_bytes, 60 * kOther.size());
  const Ended some = run({.script = {.blocks = 30}, .recording = wish, .limit = 3});
  EXPECT_EQ(some.outcome.figures[0].recorded, 3u);
  EXPECT_EQ(some.outcome.figures[0].filtered, 11u);
  EXPECT_EQ(some.outcome.figures[0].surplus, 6u) << "what follows the last one wanted in its block";
}

TEST(LiveCapture, SaysWhyWhenTheInterfaceGoesAway) {
  const Ended got = run({.script = {.blocks = 3, .goes_away = true}});
  EXPECT_EQ(got.outcome.sources.at(0).error().message, "eth0 went down");
  EXPECT_EQ(got.outcome.figures[0].recorded, 30u);
}

TEST(LiveCapture, AFullDiskEndsItWithAnExactCount) {
  const Ended got = run({.script = {.blocks = 30}, .room = 2'000});
  EXPECT_EQ(got.outcome.sink.error().kind, base::ErrorKind::full);
  EXPECT_GT(got.outcome.figures[0].recorded, 0u);
  EXPECT_GT(got.outcome.figures[0].unwritten, 0u);
}

}  // namespace
}  // namespace holter::capture
