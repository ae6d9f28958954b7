// Listener and beacon together on a small world of their own: a virtual clock and one lossy, reordering network.
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <map>
#include <random>
#include <set>

#include "heartbeat/beacon.h"
#include "heartbeat/listener.h"

namespace holter::heartbeat {
namespace {

using base::Duration;
using base::Instant;
using record::SessionState;

struct TinyWorld {
  boost::asio::io_context context;
  Instant now = Instant::from_nanoseconds(1'000'000'000);
  Duration wall_offset = Duration::hours(500'000);
  std::mt19937_64 random{1};
  unsigned loss_percent = 0;
  bool disorder = false;  // duplicates and delays up to 300 ms
  std::multiset<Instant> sleeping;
  env::Signal tick{context.get_executor()};
  std::map<base::Endpoint, class TinySocket*> sockets;
  std::multimap<Instant, std::tuple<base::Endpoint, base::Endpoint, std::vector<std::uint8_t>>> flying;
  std::uint16_t next_port = 50'000;
  bool timers_first = false;  // at one instant, who sleeps wakes before datagrams are there

  void settle() {
    context.restart();
    while (context.poll() != 0) context.restart();
  }
  void deliver();
  void run_for(Duration d) {
    const Instant end = now + d;
    settle();
    while (now < end) {
      Instant next = end;
      if (!sleeping.empty()) next = std::min(next, *sleeping.begin());
      if (!flying.empty()) next = std::min(next, flying.begin()->first);
      now = std::max(now, next);
      if (timers_first) {
        tick.notify();
        settle();
      }
      deliver();
      tick.notify();
      settle();
    }
  }
  // Everything stands still for `d`; then it goes on. Nothing is sent meanwhile.
  void suspend(Duration d) { now += d; }
};

class TinySocket : public env::DatagramSocket {
 public:
  TinySocket(TinyWorld& world, base::Endpoint local)
      : world_(world), local_(local), arrived_(world.context.get_executor()) {
    world_.sockets[local_] = this;
  }
  ~TinySocket() override { world_.sockets.erase(local_); }
  base::Endpoint local() const override { return local_; }
  base::Result<std::uint32_t> send(const base::Endpoint& to, base::Bytes payload) override {
    if (world_.random() % 100 < world_.loss_percent) return sent_++;
    const int copies = world_.disorder && world_.random() % 10 == 0 ? 2 : 1;
    for (int i = 0; i < copies; ++i) {
      const auto delay = world_.disorder ? static_cast<std::int64_t>(world_.random() % 300'000) : 100;
      world_.flying.emplace(world_.now + Duration::microseconds(delay),
                            std::tuple(local_, to, std::vector(payload.begin(), payload.end())));
    }
    return sent_++;
  }
  env::Task<base::Result<void>> receive(std::vector<env::Arrival>& into, std::size_t limit) override {
    while (waiting_.empty()) co_await arrived_.wait();
    for (; !waiting_.empty() && limit > 0; --limit) {
      into.push_back(std::move(waiting_.front()));
      waiting_.pop_front();
    }
    co_return base::Result<void>();
  }
  void push(const base::Endpoint& from, std::vector<std::uint8_t> data) {
    env::Arrival arrival;
    arrival.peer = from;
    arrival.data = std::move(data);
    waiting_.push_back(std::move(arrival));
    arrived_.notify();
  }
  void refuse() {
    env::Arrival arrival;
    arrival.kind = env::Arrival::Kind::error;
    arrival.error = base::ErrorKind::refused;
    waiting_.push_back(std::move(arrival));
    arrived_.notify();
  }

 private:
  TinyWorld& world_;
  base::Endpoint local_;
  env::Signal arrived_;
  std::deque<env::Arrival> waiting_;
  std::uint32_t sent_ = 0;
};

void TinyWorld::deliver() {
  while (!flying.empty() && flying.begin()->first <= now) {
    auto [from, to, data] = std::move(flying.begin()->second);
    flying.erase(flying.begin());
    if (const auto found = sockets.find(to); found != sockets.end()) {
      found->second->push(from, std::move(data));
    } else if (const auto sender = sockets.find(from); sender != sockets.end()) {
      sender->second->refuse();
    }
  }
}

struct TinyClock : env::Clock {
  explicit TinyClock(TinyWorld& w) : world(w) {}
  Instant now() const override { return world.now; }
  base::WallTime wall_now() const override {
    return base::WallTime::from_nanoseconds((world.now - Instant() + world.wall_offset).in_nanoseconds());
  }
  env::Task<void> sleep_until(Instant deadline) override {
    struct Asleep {
      std::multiset<Instant>& all;
      std::multiset<Instant>::iterator self;
      ~Asleep() { all.erase(self); }
    };
    if (deadline <= world.now) co_return;
    const Asleep asleep{world.sleeping, world.sleeping.insert(deadline)};
    while (world.now < deadline) co_await world.tick.wait();
  }
  TinyWorld& world;
};

struct TinyNetwork : env::Network {
  explicit TinyNetwork(TinyWorld& w) : world(w) {}
  base::Result<std::unique_ptr<env::DatagramSocket>> open_datagram(const env::DatagramOptions& options) override {
    base::Endpoint local = options.local;
    if (local.port == 0) local = {base::IpAddress::loopback(local.address.family()), world.next_port++};
    return std::unique_ptr<env::DatagramSocket>(std::make_unique<TinySocket>(world, local));
  }
  env::Task<base::Result<std::unique_ptr<env::ByteStream>>> connect(base::Endpoint) override { co_return none(); }
  base::Result<std::unique_ptr<env::Listener>> listen(const base::Endpoint&) override { return none(); }
  env::Task<base::Result<std::unique_ptr<env::ByteStream>>> connect_local(std::string) override { co_return none(); }
  base::Result<std::unique_ptr<env::Listener>> listen_local(const std::string&) override { return none(); }
  env::Task<base::Result<std::vector<base::IpAddress>>> resolve(std::string name) override {
    const auto literal = base::IpAddress::parse(name);
    if (!literal) co_return literal.error();
    co_return std::vector{*literal};
  }
  static base::Error none() { return {base::ErrorKind::unsupported, "not in this world"}; }
  TinyWorld& world;
};

struct TinyRandom : env::Random {
  explicit TinyRandom(TinyWorld& w) : world(w) {}
  void fill(std::span<std::uint8_t> into) override {
    for (auto& byte : into) byte = static_cast<std::uint8_t>(world.random());
  }
  TinyWorld& world;
};

struct QuietLog : env::Log {
  void write(env::LogLevel, std::string_view, std::string_view message, std::initializer_list<env::LogField>) override {
    lines.emplace_back(message);
  }
  std::vector<std::string> lines;
};

struct Notes : record::Sink {
  void accept(record::Record record) override { all.push_back(std::move(record)); }
  std::size_t count(SessionState to) const {
    return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [to](const record::Record& r) {
      const auto* change = std::get_if<record::PulseChange>(&r);
      return change != nullptr && change->to == to;
    }));
  }
  template <class T>
  std::size_t count() const {
    return static_cast<std::size_t>(
        std::count_if(all.begin(), all.end(), [](const record::Record& r) { return std::holds_alternative<T>(r); }));
  }
  std::vector<record::Record> all;
};

const base::Endpoint kHub{base::IpAddress::loopback(base::IpAddress::Family::v4), kPort};

class PresenceTest : public testing::Test {
 protected:
  PresenceTest() {
    const char* given = std::getenv("HOLTER_SEED");
    const std::uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
    std::printf("HOLTER_SEED=%llu\n", static_cast<unsigned long long>(seed));
    world_.random.seed(seed);
  }
  // The groups are stopped while everything they use is there.
  ~PresenceTest() override {
    stop_beacon();
    stop_hub();
  }

  // Frames, Files, Host and Offload are not used by presence; the references stay unbound to anything real.
  env::Env env() {
    return {clock_,
            network_,
            reinterpret_cast<env::Frames&>(nowhere_),
            reinterpret_cast<env::Files&>(nowhere_),
            reinterpret_cast<env::Host&>(nowhere_),
            random_,
            log_,
            reinterpret_cast<env::Offload&>(nowhere_),
            world_.context.get_executor()};
  }
  void start_hub(const std::vector<record::PulseChange>& known = {}) {
    ListenerOptions options;
    options.endpoints = {kHub};
    auto opened = HeartbeatListener::open(env(), options, notes_);
    ASSERT_TRUE(opened.has_value());
    hub_ = std::move(*opened);
    hub_->restore(known);
    hub_tasks_ = std::make_unique<env::TaskGroup>(world_.context.get_executor());
    hub_tasks_->spawn(hub_->run());
    world_.settle();
  }
  void stop_hub() {
    if (!hub_) return;
    hub_->shutdown();
    world_.settle();
    EXPECT_EQ(hub_tasks_->running(), 0U);
    hub_tasks_.reset();
    hub_.reset();
  }
  void start_beacon(Duration interval = Duration::seconds(1), std::uint8_t detect_multiplier = 3) {
    beacon_ = std::make_unique<Beacon>(env(), BeaconOptions{"127.0.0.1", kPort, "db1", interval, detect_multiplier},
                                       [this](const BeaconEvent& event) { events_.push_back(event); });
    beacon_tasks_ = std::make_unique<env::TaskGroup>(world_.context.get_executor());
    beacon_tasks_->spawn(live(*beacon_));
    world_.settle();
  }
  void stop_beacon() {
    if (!beacon_) return;
    beacon_tasks_.reset();
    world_.settle();
    beacon_.reset();
  }
  static env::Task<void> live(Beacon& beacon) {
    const auto opened = co_await beacon.open();
    EXPECT_TRUE(opened.has_value());
    co_await beacon.run();
  }
  static env::Task<void> say(Beacon& beacon, std::string text, std::vector<base::Result<void>>& results) {
    auto delivering = beacon.deliver(std::move(text));
    results.push_back(co_await std::move(delivering));
  }
  static env::Task<void> end(Beacon& beacon, std::vector<base::Result<void>>& results) {
    auto ending = beacon.terminate();
    results.push_back(co_await std::move(ending));
  }
  SessionState state() { return hub_->snapshot().at(0).state; }

  TinyWorld world_;
  TinyClock clock_{world_};
  TinyNetwork network_{world_};
  TinyRandom random_{world_};
  QuietLog log_;
  long nowhere_ = 0;
  Notes notes_;
  std::vector<BeaconEvent> events_;
  std::unique_ptr<HeartbeatListener> hub_;
  std::unique_ptr<env::TaskGroup> hub_tasks_;
  std::unique_ptr<Beacon> beacon_;
  std::unique_ptr<env::TaskGroup> beacon_tasks_;
};

TEST_F(PresenceTest, ADeadBeaconIsAskedAndGivenUpInTime) {
  start_hub();
  start_beacon();
  world_.run_for(Duration::seconds(10));
  EXPECT_EQ(state(), SessionState::up);
  EXPECT_EQ(hub_->snapshot()[0].pulses, 10U);
  stop_beacon();
  world_.run_for(Duration::milliseconds(1));  // its last pulse is still on the way
  const Instant last = *hub_->snapshot()[0].last_heard_instant;
  world_.run_for(Duration::seconds(10));
  EXPECT_EQ(notes_.count(SessionState::pulsing), 3U);
  const auto& down = std::get<record::PulseChange>(notes_.all.back());
  EXPECT_EQ(down.to, SessionState::down);
  EXPECT_LE(down.at_instant - last, Duration::milliseconds(6'010));
  start_beacon();
  world_.run_for(Duration::seconds(1));
  EXPECT_EQ(state(), SessionState::up);
}

TEST_F(PresenceTest, ASilentBeaconAnswersAndStaysUp) {
  start_hub();
  start_beacon(Duration::zero());
  std::vector<base::Result<void>> results;
  beacon_tasks_->spawn(say(*beacon_, "hello", results));
  world_.run_for(Duration::minutes(10));
  ASSERT_EQ(results.size(), 1U);
  EXPECT_TRUE(results[0].has_value());
  EXPECT_GE(notes_.count(SessionState::pulsing), 9U);
  EXPECT_EQ(notes_.count(SessionState::down), 0U);
}

TEST_F(PresenceTest, MessagesAndTheEndArriveOnceThroughHeavyLoss) {
  start_hub();
  start_beacon();
  world_.loss_percent = 30;
  world_.disorder = true;
  std::vector<base::Result<void>> results;
  for (int i = 0; i < 50; ++i) {
    beacon_tasks_->spawn(say(*beacon_, std::to_string(i), results));
    world_.run_for(Duration::seconds(20));
  }
  const auto taken = notes_.count<record::PulseMessage>();
  const auto acked = static_cast<std::size_t>(
      std::count_if(results.begin(), results.end(), [](const auto& result) { return result.has_value(); }));
  EXPECT_EQ(results.size(), 50U);
  EXPECT_GE(taken, acked);
  std::set<std::string> texts;
  for (const auto& record : notes_.all) {
    const auto* message = std::get_if<record::PulseMessage>(&record);
    if (message != nullptr) EXPECT_TRUE(texts.insert(message->text.raw()).second) << "doubled " << message->text.raw();
  }
  world_.loss_percent = 0;
  results.clear();
  beacon_tasks_->spawn(end(*beacon_, results));
  world_.run_for(Duration::seconds(20));
  ASSERT_EQ(results.size(), 1U);
  EXPECT_TRUE(results[0].has_value());
  EXPECT_EQ(state(), SessionState::admin_down);
}

TEST_F(PresenceTest, WithoutAHubTheReasonIsTold) {
  start_beacon(Duration::zero());
  std::vector<base::Result<void>> results;
  beacon_tasks_->spawn(say(*beacon_, "hello", results));
  world_.run_for(Duration::seconds(11));
  ASSERT_EQ(results.size(), 1U);
  ASSERT_FALSE(results[0].has_value());
  EXPECT_EQ(results[0].error().message, "not delivered after 10 s: nothing listens on UDP 127.0.0.1:4280 (refused)");
}

TEST_F(PresenceTest, LossDisorderAndClockStepsForAnHourNeverMakeItDown) {
  start_hub();
  start_beacon();
  world_.loss_percent = 5;
  world_.disorder = true;
  for (int minute = 0; minute < 60; ++minute) {
    world_.wall_offset = Duration::hours(static_cast<std::int64_t>(world_.random() % 10'000));
    world_.run_for(Duration::minutes(1));
  }
  EXPECT_EQ(notes_.count(SessionState::down), 0U);
  EXPECT_EQ(state(), SessionState::up);
}

TEST_F(PresenceTest, ASuspendedObserverRecordsOneGapAndNobodyFalls) {
  start_hub();
  start_beacon();
  world_.run_for(Duration::seconds(5));
  world_.suspend(Duration::hours(1));
  world_.run_for(Duration::seconds(10));
  EXPECT_EQ(notes_.count<record::Gap>(), 1U);
  EXPECT_EQ(notes_.count(SessionState::pulsing), 0U);
  EXPECT_EQ(state(), SessionState::up);
  EXPECT_EQ(hub_->counters().observer_gaps, 1U);
}

// Every pulse is there at the very instant its deadline is: it counts as heard before anybody is judged.
TEST_F(PresenceTest, TheSocketsAreEmptiedBeforeADeadlineIsJudged) {
  world_.timers_first = true;
  start_hub();
  start_beacon(Duration::seconds(1), 1);
  world_.run_for(Duration::seconds(20));
  EXPECT_EQ(notes_.count(SessionState::pulsing), 0U);
  EXPECT_EQ(hub_->snapshot()[0].pulses, 20U);
}

TEST_F(PresenceTest, BothSidesMayRestart) {
  start_hub();
  start_beacon();
  world_.run_for(Duration::seconds(5));
  stop_beacon();
  start_beacon();
  world_.run_for(Duration::seconds(5));
  EXPECT_EQ(state(), SessionState::up);
  const auto known = std::get<record::PulseChange>(notes_.all.back());
  stop_hub();
  world_.run_for(Duration::seconds(30));
  start_hub({known});
  EXPECT_EQ(state(), SessionState::init);
  world_.run_for(Duration::seconds(10));
  EXPECT_EQ(state(), SessionState::up);
  EXPECT_EQ(notes_.count(SessionState::pulsing), 0U);
}

TEST_F(PresenceTest, AFloodOfGarbageIsCountedAndHarmsNobody) {
  start_hub();
  start_beacon();
  TinySocket flood(world_, {base::IpAddress::v4(0x7f000009), 9});
  for (int round = 0; round < 20; ++round) {
    for (int i = 0; i < 1'000; ++i) {
      std::vector<std::uint8_t> bytes(world_.random() % 200);
      for (auto& byte : bytes) byte = static_cast<std::uint8_t>(world_.random());
      if (bytes.size() > 6 && i % 2 == 0) std::copy(kMagic.begin(), kMagic.end(), bytes.begin());
      ASSERT_TRUE(flood.send(kHub, bytes).has_value());
    }
    world_.run_for(Duration::seconds(1));
  }
  const ListenerCounters counters = hub_->counters();
  std::uint64_t faults = 0;
  for (const auto n : counters.faults) faults += n;
  EXPECT_EQ(faults, 20'000U);
  EXPECT_EQ(counters.table.pulses, counters.datagrams - faults);
  EXPECT_EQ(hub_->snapshot().size(), 1U);
  EXPECT_EQ(notes_.count(SessionState::pulsing), 0U);
}

}  // namespace
}  // namespace holter::heartbeat
