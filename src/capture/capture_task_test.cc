// CaptureTask on a simulated host: real datagrams of the world, and a frame source that can be taken away.
#include "capture/capture_task.h"

#include <gtest/gtest.h>

#include <map>

#include "sim/world.h"
#include "wire/test_frames.h"

namespace holter::capture {
namespace {

using base::Duration;
using base::Endpoint;
using record::CaptureStats;

const base::IpAddress kNear = base::IpAddress::v4({192, 0, 2, 1});
const base::IpAddress kFar = base::IpAddress::v4({192, 0, 2, 2});
constexpr std::uint16_t kPort = 5'000;

class Records final : public record::Sink {
 public:
  void accept(record::Record record) override { all.push_back(std::move(record)); }
  template <class T>
  std::vector<T> only() const {
    std::vector<T> out;
    for (const auto& record : all) {
      if (const T* body = std::get_if<T>(&record)) out.push_back(*body);
    }
    return out;
  }
  std::vector<record::Record> all;
};

// Interfaces that come and go: each open takes the next of the script; a source gives one block of `frames` and then,
// after `lives`, goes away.
struct ScriptedFrames final : env::Frames {
  struct Source final : env::FrameSource {
    Source(ScriptedFrames& s, std::optional<std::uint16_t> g) : script(s), group(g), dies(s.clock.now() + s.lives) {}
    const std::string& interface() const override { return script.name; }
    std::uint16_t hardware_type() const override { return wire::kArphrdEther; }
    env::Task<base::Result<std::span<const env::Frame>>> next_block() override {
      if (!std::exchange(given, true)) {
        counters.packets += script.frames.size();
        co_return std::span<const env::Frame>(script.frames);
      }
      co_await script.clock.sleep_until(dies);
      co_return base::Error{base::ErrorKind::closed, "eth0 went down"};
    }
    base::Result<env::FrameCounters> read_counters() override { return std::exchange(counters, {}); }
    base::Result<void> set_kernel_filter(const env::KernelProgram& filter) override {
      script.in_kernel.push_back(filter.size());
      return {};
    }
    std::optional<std::uint16_t> fanout_group() const override { return group; }
    ScriptedFrames& script;
    std::optional<std::uint16_t> group;
    base::Instant dies;
    bool given = false;
    env::FrameCounters counters;
  };

  ScriptedFrames(env::Clock& c, int refusals) : clock(c), refusals_left(refusals) {}
  base::Result<std::unique_ptr<env::FrameSource>> open(const env::FrameOptions& options) override {
    in_kernel.push_back(options.kernel_filter.size());
    ++opens;
    if (opens > 1 && refusals_left-- > 0) return base::Error{base::ErrorKind::not_found, "no interface eth0"};
    std::optional<std::uint16_t> group;
    if (options.fanout) group = options.fanout->group ? *options.fanout->group : new_group++;
    joined.push_back({group, options.fanout ? options.fanout->steering.size() : 0});
    return std::unique_ptr<env::FrameSource>(new Source(*this, group));
  }

  env::Clock& clock;
  std::string name = "eth0";
  std::vector<env::Frame> frames;
  Duration lives = Duration::milliseconds(2'500);
  int refusals_left;
  int opens = 0;
  struct Joined {
    std::optional<std::uint16_t> group;
    std::size_t steering = 0;  // instructions
  };
  std::vector<Joined> joined;  // by each open
  std::uint16_t new_group = 7;
  std::vector<std::size_t> in_kernel;  // instructions of the kernel's filter, whenever it was set
};

struct Seen {
  Records records;
  std::vector<CaptureSnapshot> snapshots;
};

env::Task<void> capture_for(env::Env env, Duration span, Seen* seen) {
  CaptureTask capture(env, {.interface = "eth0"}, seen->records,
                      [seen](const CaptureSnapshot& snapshot) { seen->snapshots.push_back(snapshot); });
  env::TaskGroup tasks(env.executor);
  tasks.spawn(capture.run());
  co_await env.clock.sleep_for(span);
  co_await tasks.stop();
  capture.finish();
}

env::Task<void> talk(env::Env env) {
  env::DatagramOptions options;
  options.local.port = kPort;
  auto socket = env.network.open_datagram(options).value();
  const std::vector<std::uint8_t> payload(100);
  for (;;) {
    (void)socket->send({kNear, kPort}, payload);
    co_await env.clock.sleep_for(Duration::milliseconds(100));
  }
}

TEST(CaptureTask, CountsWhatPassesTheInterfaceExactly) {
  Seen seen;
  sim::World world(1);
  auto& near = world.add_host("near", {.addresses = {kNear}});
  auto& far = world.add_host("far", {.addresses = {kFar}});
  near.boot([&seen](env::Env env) { return capture_for(env, Duration::milliseconds(10'400), &seen); });
  far.boot(talk);
  world.run_for(Duration::seconds(12));
  EXPECT_EQ(world.failure(), "");

  const auto stats = seen.records.only<CaptureStats>();
  ASSERT_EQ(stats.size(), 11u);
  std::uint64_t received = 0;
  for (const CaptureStats& interval : stats) {
    EXPECT_EQ(interval.kernel_packets, interval.received + interval.kernel_drops);
    received += interval.received;
  }
  EXPECT_GE(received, 100u);
  bool conversation_ended = false;
  for (const auto& flow : seen.records.only<record::FlowRecord>()) {
    const bool ours = flow.initiator == "192.0.2.2" && flow.initiator_port == kPort;
    conversation_ended |= ours && flow.end_reason == record::EndReason::shutdown && flow.initiator_packets >= 100;
  }
  EXPECT_TRUE(conversation_ended);
  EXPECT_GE(seen.snapshots.size(), 11u);
  EXPECT_GE(seen.snapshots[8].packets_per_second, 9);
  EXPECT_FALSE(seen.snapshots[8].top.empty());
  EXPECT_EQ(seen.snapshots.back().state, CaptureState::off);
}

env::Task<void> capture_what_goes_away(env::Env env, Seen* seen, int* opens) {
  const auto bytes = wire::test::udp_frame({kFar, 1}, {kNear, 2}, "x");
  ScriptedFrames frames(env.clock, 2);
  env::Frame frame;
  frame.bytes = bytes;
  frame.original_length = static_cast<std::uint32_t>(bytes.size());
  frame.captured_at = base::PacketTime::from_nanoseconds(env.clock.wall_now().in_nanoseconds());
  frames.frames.assign(3, frame);
  const env::Env scripted{env.clock, env.network, env.http, env.programs, frames,      env.files,
                          env.host,  env.random,  env.log,  env.offload,  env.executor};
  co_await capture_for(scripted, Duration::seconds(12), seen);
  *opens = frames.opens;
}

TEST(CaptureTask, OpensAgainWhenTheInterfaceComesBackAndNamesTheBlindTime) {
  Seen seen;
  int opens = 0;
  sim::World world(2);
  auto& host = world.add_host("host", {.addresses = {kNear}});
  host.boot([&](env::Env env) { return capture_what_goes_away(env, &seen, &opens); });
  world.run_for(Duration::seconds(13));
  EXPECT_EQ(world.failure(), "");

  // 2.5 s of capture, tries after 1, 2 and 4 s of which the third succeeds, 2.5 s more.
  EXPECT_EQ(opens, 4);
  const auto changes = seen.records.only<record::NetworkChange>();
  ASSERT_GE(changes.size(), 2u);
  EXPECT_EQ(changes[0].before.raw(), "capturing");
  EXPECT_NE(changes[0].after.raw().find("eth0 went down"), std::string::npos);
  EXPECT_EQ(changes[1].after.raw(), "capturing");
  const auto gaps = seen.records.only<record::Gap>();
  ASSERT_EQ(gaps.size(), 1u);
  EXPECT_EQ((gaps[0].to - gaps[0].from), Duration::seconds(7));
  std::uint64_t received = 0;
  for (const CaptureStats& interval : seen.records.only<CaptureStats>()) {
    EXPECT_EQ(interval.kernel_packets, interval.received + interval.kernel_drops);
    received += interval.received;
  }
  EXPECT_EQ(received, 6u);
  bool waited = false;
  for (const auto& snapshot : seen.snapshots) {
    waited |= snapshot.state == CaptureState::waiting && snapshot.why.find("goes on trying") != std::string::npos;
  }
  EXPECT_TRUE(waited);
}

struct Shared {
  Seen seen;
  std::vector<ScriptedFrames::Joined> joined;
};

env::Task<void> capture_together(env::Env env, Shared* shared) {
  ScriptedFrames frames(env.clock, 0);
  const env::Env scripted{env.clock, env.network, env.http, env.programs, frames,      env.files,
                          env.host,  env.random,  env.log,  env.offload,  env.executor};
  std::vector<std::unique_ptr<CaptureTask>> workers;
  for (unsigned worker = 3; worker-- > 0;) {
    CaptureOptions options{.interface = "eth0", .worker = worker};
    CaptureTask* const next = workers.empty() ? nullptr : workers.back().get();
    if (next != nullptr) options.pass_on = [next](const Crew& crew) { next->join(crew); };
    workers.push_back(std::make_unique<CaptureTask>(scripted, options, shared->seen.records, [](const auto&) {}));
  }
  env::TaskGroup tasks(env.executor);
  for (auto& worker : workers) tasks.spawn(worker->run());
  co_await env.clock.sleep_for(Duration::seconds(5));
  co_await tasks.stop();
  for (auto& worker : workers) worker->finish();
  shared->joined = frames.joined;
}

// The interface lives for 2.5 s; after one more there is another.
TEST(CaptureTask, WorkersJoinOneAfterTheOtherAndOneSpeaksForAll) {
  Shared shared;
  sim::World world(5);
  auto& host = world.add_host("host", {.addresses = {kNear}});
  host.boot([&](env::Env env) { return capture_together(env, &shared); });
  world.run_for(Duration::seconds(6));
  EXPECT_EQ(world.failure(), "");

  ASSERT_EQ(shared.joined.size(), 6U);
  for (const std::size_t first : {0U, 3U}) {
    EXPECT_EQ(shared.joined[first].steering, 0U) << "who is alone steers nothing";
    for (const std::size_t other : {first + 1, first + 2}) {
      EXPECT_EQ(shared.joined[other].group, shared.joined[first].group);
      EXPECT_GT(shared.joined[other].steering, 0U);
    }
  }
  EXPECT_NE(shared.joined[0].group, shared.joined[3].group);
  std::map<std::uint32_t, int> intervals;
  for (const auto& stats : shared.seen.records.only<CaptureStats>()) ++intervals[stats.worker];
  EXPECT_EQ(intervals.size(), 3U);
  EXPECT_EQ(intervals[1], intervals[0]);
  EXPECT_EQ(intervals[2], intervals[0]);
  EXPECT_EQ(shared.seen.records.only<record::NetworkChange>().size(), 2U) << "it went and came, each said once";
  EXPECT_EQ(shared.seen.records.only<record::Gap>().size(), 1U);
}

env::Task<void> capture_with_filters(env::Env env, std::vector<std::size_t>* in_kernel) {
  ScriptedFrames frames(env.clock, 0);
  const env::Env scripted{env.clock, env.network, env.http, env.programs, frames,      env.files,
                          env.host,  env.random,  env.log,  env.offload,  env.executor};
  Seen seen;
  const filter::CaptureFilter icmp{.keep = filter::PacketFilter::compile("icmp").value()};
  CaptureTask capture(scripted, {.interface = "eth0", .filter = icmp}, seen.records, [](const CaptureSnapshot&) {});
  env::TaskGroup tasks(env.executor);
  tasks.spawn(capture.run());
  co_await env.clock.sleep_for(Duration::seconds(1));
  capture.set_filter({});
  capture.set_filter(icmp);
  capture.await_hosts({{kFar, Duration::seconds(1)}});
  capture.set_filter(icmp);
  capture.await_hosts({});
  co_await tasks.stop();
  capture.finish();
  *in_kernel = frames.in_kernel;
}

TEST(CaptureTask, TheKernelDecidesWhatItCanUnlessSomebodyIsAwaited) {
  std::vector<std::size_t> in_kernel;
  sim::World world(4);
  auto& host = world.add_host("host", {.addresses = {kNear}});
  host.boot([&](env::Env env) { return capture_with_filters(env, &in_kernel); });
  world.run_for(Duration::seconds(2));
  EXPECT_EQ(world.failure(), "");
  ASSERT_EQ(in_kernel.size(), 6u);
  const std::size_t whole = in_kernel[0];
  EXPECT_GT(whole, 0u);
  EXPECT_EQ(in_kernel, (std::vector<std::size_t>{whole, 0, whole, 0, 0, whole}));
}

// Of each of three blocks, what was told before it was there holds for all of it.
env::Task<void> capture_its_own(env::Env env, Seen* seen) {
  ScriptedFrames frames(env.clock, 0);
  const auto bytes = wire::test::tcp_frame({kFar, 50'000}, {kNear, 4'280}, wire::kTcpSyn);
  env::Frame frame;
  frame.bytes = bytes;
  frame.original_length = static_cast<std::uint32_t>(bytes.size());
  frame.captured_at = base::PacketTime::from_nanoseconds(env.clock.wall_now().in_nanoseconds());
  frames.frames.assign(3, frame);
  const env::Env scripted{env.clock, env.network, env.http, env.programs, frames,      env.files,
                          env.host,  env.random,  env.log,  env.offload,  env.executor};
  const auto own = std::make_shared<env::Letterbox<OwnSockets>>(4);
  CaptureTask capture(scripted, {.interface = "eth0", .own = own}, seen->records, [](const CaptureSnapshot&) {});
  env::TaskGroup tasks(env.executor);
  own->post({});
  own->post({.listening = {{kNear, 4'280}}});
  tasks.spawn(capture.run());
  co_await env.clock.sleep_for(Duration::seconds(3));
  own->post({});
  co_await env.clock.sleep_for(Duration::seconds(3));
  own->post({.connections = {{{kNear, 4'280}, {kFar, 50'000}}}});
  co_await env.clock.sleep_for(Duration::seconds(4));
  co_await tasks.stop();
  capture.finish();
}

TEST(CaptureTask, KnowsItsOwnSocketsBeforeItLooksAtABlock) {
  Seen seen;
  sim::World world(5);
  auto& host = world.add_host("host", {.addresses = {kNear}});
  host.boot([&seen](env::Env env) { return capture_its_own(env, &seen); });
  world.run_for(Duration::seconds(12));
  EXPECT_EQ(world.failure(), "");
  std::vector<std::uint64_t> own;
  for (const CaptureStats& interval : seen.records.only<CaptureStats>()) {
    if (interval.received != 0) own.push_back(interval.own);
  }
  EXPECT_EQ(own, (std::vector<std::uint64_t>{3, 0, 3}));
}

struct Told {
  std::vector<Duration> at;  // since the start
  int refusals = 0;
};

env::Task<void> tell_for(env::Env env, Duration span, Told* told) {
  Seen seen;
  CaptureTask capture(env, {.interface = "eth0"}, seen.records, [](const CaptureSnapshot&) {});
  capture.await_hosts({{kFar, Duration::milliseconds(250)}});
  const base::Instant start = env.clock.now();
  env::TaskGroup tasks(env.executor);
  tasks.spawn(capture.run());
  tasks.spawn(capture.tell_heard([told, env, start](const std::vector<base::IpAddress>& heard) {
    EXPECT_EQ(heard, std::vector{kFar});
    if (told->refusals-- > 0) return false;
    told->at.push_back(env.clock.now() - start);
    return true;
  }));
  co_await env.clock.sleep_for(span);
  co_await tasks.stop();
  capture.finish();
}

env::Task<void> talk_for_three_seconds(env::Env env) {
  env::DatagramOptions options;
  options.local.port = kPort;
  auto socket = env.network.open_datagram(options).value();
  for (int i = 0; i < 300; ++i) {
    (void)socket->send({kNear, kPort}, std::vector<std::uint8_t>(8));
    co_await env.clock.sleep_for(Duration::milliseconds(10));
  }
}

Told tell_while_it_talks(int refusals) {
  Told told{{}, refusals};
  sim::World world(3);
  auto& near = world.add_host("near", {.addresses = {kNear}});
  auto& far = world.add_host("far", {.addresses = {kFar}});
  near.boot([&told](env::Env env) { return tell_for(env, Duration::seconds(9), &told); });
  far.boot(talk_for_three_seconds);
  world.run_for(Duration::seconds(10));
  EXPECT_EQ(world.failure(), "");
  return told;
}

TEST(CaptureTask, TellsWhoIsHeardOnceInASpacingAndTheLastFrameToo) {
  const Told told = tell_while_it_talks(0);
  EXPECT_GE(told.at.size(), 12u);
  EXPECT_LE(told.at.size(), 14u);
  EXPECT_LT(told.at.front(), Duration::milliseconds(200));
  EXPECT_GE(told.at.back(), Duration::milliseconds(2'980));
  EXPECT_LE(told.at.back(), Duration::milliseconds(3'400));
}

TEST(CaptureTask, WhatFoundNoRoomIsToldAgain) {
  const Told told = tell_while_it_talks(45);
  ASSERT_EQ(told.at.size(), 2u) << "the first frame after 4.5 s of tries, and those that came meanwhile";
  EXPECT_GE(told.at.front(), Duration::milliseconds(4'400));
}

}  // namespace
}  // namespace holter::capture
