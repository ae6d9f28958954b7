// The real listener and real beacons on the simulated network, under everything at once: loss, doubled and overtaken
// datagrams, ways cut in one direction, clock steps, a hub that sleeps or lags, restarts of either side, beacons that
// move, and two of one name. HOLTER_SEED repeats a seed.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "heartbeat/beacon.h"
#include "heartbeat/listener.h"
#include "sim/seeds.h"

namespace holter::sim {
namespace {

using base::Duration;
using base::Instant;
using heartbeat::HeartbeatListener;
using record::SessionState;

constexpr std::size_t kHosts = 5;
constexpr Duration kYear = Duration::hours(24 * 365);
constexpr Duration kInterval = Duration::seconds(1);
constexpr std::uint8_t kMultiplier = 4;
constexpr Duration kDeliveryTime = Duration::seconds(10);
const base::Endpoint kHub{base::IpAddress::v4({192, 0, 2, 1}), heartbeat::kPort};

struct Note {
  record::Record record;
  Instant at;
};

// What the hub has stored; it survives the hub.
struct Store final : record::Sink {
  explicit Store(World& in) : world(in) {}
  void accept(record::Record record) override {
    if (const auto* change = std::get_if<record::PulseChange>(&record)) last[change->session.raw()] = *change;
    all.push_back({std::move(record), world.now()});
  }
  World& world;
  std::vector<Note> all;
  std::map<std::string, record::PulseChange> last;
};

struct Bed;

// One beacon and what it was promised. It survives its process.
struct Client {
  Bed* bed = nullptr;
  std::string name;
  Host* host = nullptr;
  heartbeat::Beacon* beacon = nullptr;  // while it runs
  env::TaskGroup* tasks = nullptr;
  std::set<std::string> delivered;  // acknowledged
  std::uint32_t said = 0;
  bool deaf = false;  // the hub's datagrams do not reach it
  // Since when its pulses leave and arrive; Instant::max(): they do not.
  Instant flows_since = Instant::max();
};

struct Bed {
  explicit Bed(World& in, bool with_adaptive)
      : world(in), store(in), adaptive(with_adaptive), hub_host(in.add_host("hub", {.addresses = {kHub.address}})) {
    clients.resize(kHosts);
    for (std::size_t i = 0; i < kHosts; ++i) {
      const auto last = static_cast<std::uint8_t>(10 + i);
      Client& client = clients[i];
      client.bed = this;
      // The last two share a name.
      client.name = "client" + std::to_string(std::min(i, kHosts - 2));
      client.host =
          &world.add_host("host" + std::to_string(i), {.addresses = {base::IpAddress::v4({192, 0, 2, last})}});
    }
  }

  World& world;
  Store store;
  bool adaptive;
  Host& hub_host;
  HeartbeatListener* hub = nullptr;
  std::vector<Client> clients;
};

env::Task<void> run_hub(env::Env env, Bed* bed) {
  heartbeat::ListenerOptions options;
  options.endpoints = {kHub};
  options.table.detector.adaptive = bed->adaptive;
  auto hub = HeartbeatListener::open(env, options, bed->store).value();
  std::vector<record::PulseChange> known;
  for (const auto& [name, change] : bed->store.last) known.push_back(change);
  hub->restore(known);
  bed->hub = hub.get();
  co_await hub->run();
}

env::Task<void> run_beacon(env::Env env, Client* client) {
  heartbeat::BeaconOptions options;
  options.hub = base::to_string(kHub.address);
  options.name = client->name;
  options.interval = kInterval;
  options.detect_multiplier = kMultiplier;
  options.give_up = kDeliveryTime;
  heartbeat::Beacon beacon(env, options, [](const heartbeat::BeaconEvent&) {});
  const auto opened = co_await beacon.open();
  EXPECT_TRUE(opened);
  env::TaskGroup group(env.executor);
  client->beacon = &beacon;
  client->tasks = &group;
  group.spawn(beacon.run());
  co_await env.clock.sleep_until(Instant::max());
}

env::Task<void> deliver(Client* client, std::string text) {
  auto delivering = client->beacon->deliver(text);
  const auto result = co_await std::move(delivering);
  if (result) client->delivered.insert(text);
}

// Whoever is asked from outside: is the beacon heard, and since when?
class Swarm {
 public:
  Swarm(World& world, std::uint64_t kind)
      : world_(world),
        bed_(world, kind % 2 == 1),
        loss_(kind % 3 == 0   ? 0
              : kind % 3 == 1 ? 0.05
                              : 0.2) {
    start_hub();
    for (Client& client : bed_.clients) start(client);
    weather(true);
  }

  // Processes refer to the bed.
  ~Swarm() {
    for (const Client& client : bed_.clients) {
      if (client.host->running()) world_.crash(*client.host);
    }
    world_.crash(bed_.hub_host);
  }
  Swarm(const Swarm&) = delete;
  Swarm& operator=(const Swarm&) = delete;

  void run() {
    for (int round = 1; round <= 60; ++round) {
      any_fault();
      run_for(world_.random().between(Duration::milliseconds(100), Duration::seconds(25)));
      if (round % 10 == 0) calm();
    }
    check_messages();
    EXPECT_EQ(world_.failure(), "");
  }

 private:
  // With losses a beacon may need some pulses to be heard; the first also learn the cookie.
  Duration heard_within() const { return loss_ > 0 ? Duration::seconds(10) : Duration::seconds(4); }

  void weather(bool bad) {
    Faults faults;
    faults.drop = bad ? loss_ : 0;
    faults.duplicate = bad ? 0.1 : 0;
    faults.reorder = bad ? 0.5 : 0;
    faults.delay_max = bad ? Duration::milliseconds(300) : Duration::milliseconds(1);
    world_.fabric().set_faults(faults);
  }
  void start_hub() {
    Bed* bed = &bed_;
    bed_.hub_host.boot([bed](env::Env env) { return run_hub(env, bed); });
    run_for(Duration::nanoseconds(1));
  }
  void start(Client& client) {
    Client* self = &client;
    client.host->boot([self](env::Env env) { return run_beacon(env, self); });
    client.flows_since = client.deaf ? Instant::max() : world_.now();
  }
  void stop(Client& client) {
    client.beacon = nullptr;
    client.flows_since = Instant::max();
    world_.crash(*client.host);
  }
  void restart_hub() {
    bed_.hub = nullptr;
    world_.crash(bed_.hub_host);
    run_for(world_.random().between(Duration::zero(), Duration::seconds(8)));
    const auto known = bed_.store.last;
    bed_.hub_host.restart();
    run_for(Duration::nanoseconds(1));
    restarts_.push_back(world_.now());
    std::map<std::string, SessionState> found;
    for (const auto& session : bed_.hub->snapshot()) found[session.name.raw()] = session.state;
    for (const auto& [name, change] : known) {
      const bool closed = change.to == SessionState::down || change.to == SessionState::admin_down;
      ASSERT_TRUE(found.contains(name)) << name << " was forgotten";
      EXPECT_EQ(found[name], closed ? change.to : SessionState::init) << name;
    }
    flow_anew(true);
  }
  void sleep(Duration span) {
    world_.suspend(bed_.hub_host);
    run_for(span);
    world_.resume(bed_.hub_host);
    flow_anew(false);
  }
  // The hub has not heard what was sent until now; one that began anew wants a cookie, which the deaf do not get.
  void flow_anew(bool wants_cookies) {
    for (Client& client : bed_.clients) {
      if (client.flows_since == Instant::max()) continue;
      client.flows_since = wants_cookies && client.deaf ? Instant::max() : world_.now();
    }
  }
  void cut(Client& client, bool outwards) {
    if (outwards) {
      world_.partition_one_way(*client.host, bed_.hub_host);
      client.flows_since = Instant::max();
    } else {
      world_.partition_one_way(bed_.hub_host, *client.host);
      client.deaf = true;
    }
  }
  void mend(Client& client) {
    world_.heal(bed_.hub_host, *client.host);
    client.deaf = false;
    if (client.host->running() && client.flows_since == Instant::max()) client.flows_since = world_.now();
  }
  void say(Client& client) {
    if (client.beacon == nullptr) return;
    const std::string text = client.host->name() + " " + std::to_string(client.said++);
    client.tasks->spawn(deliver(&client, text));
  }

  void any_fault() {
    Client& client = bed_.clients[world_.random().below(kHosts)];
    switch (world_.random().below(9)) {
      case 0:
        if (client.host->running()) stop(client);
        break;
      case 1:
        if (!client.host->running()) start(client);
        break;
      case 2: cut(client, true); break;
      case 3: cut(client, false); break;
      case 4: mend(client); break;
      case 5: sleep(world_.random().between(Duration::seconds(1), Duration::seconds(30))); break;
      case 6: world_.random().chance(0.2) ? sleep(Duration::hours(1)) : restart_hub(); break;
      case 7: {
        HostClock& clock = world_.random().chance(0.5) ? bed_.hub_host.clock() : client.host->clock();
        clock.step(world_.random().chance(0.5) ? kYear : Duration::seconds(-2));
        break;
      }
      default: world_.at(world_.now(), [this, &client] { say(client); }); break;
    }
  }

  // Every change is looked at, soon after it was made: a session goes down only when no beacon of it is heard.
  void run_for(Duration span) {
    const Instant end = world_.now() + span;
    while (world_.now() < end) {
      world_.run_for(std::min(end - world_.now(), Duration::milliseconds(500)));
      for (; looked_ < bed_.store.all.size(); ++looked_) check(bed_.store.all[looked_]);
    }
  }
  void check(const Note& note) {
    const auto* change = std::get_if<record::PulseChange>(&note.record);
    if (change == nullptr || change->to != SessionState::down || change->from == SessionState::down) return;
    SIM_REACHED(world_, "down");
    for (const Client& client : bed_.clients) {
      if (client.name != change->session.raw() || client.flows_since == Instant::max()) continue;
      EXPECT_LT(note.at - client.flows_since, heard_within())
          << client.name << " is down and is heard" << (client.deaf ? ", deaf" : "");
    }
  }

  // Nothing is broken any more: who lives is up, and who is dead is down.
  void calm() {
    weather(false);
    for (Client& client : bed_.clients) mend(client);
    run_for(Duration::seconds(20));
    std::map<std::string, bool> lives;
    for (const Client& client : bed_.clients) lives[client.name] |= client.host->running();
    for (const auto& session : bed_.hub->snapshot()) {
      const bool up = session.state == SessionState::up;
      EXPECT_EQ(up, lives[session.name.raw()]) << session.name.raw() << " is " << to_string(session.state);
      EXPECT_TRUE(up || session.state == SessionState::down);
    }
    weather(true);
  }

  // What was acknowledged is there, and nothing twice; a hub that restarts between two repeats cannot know the first.
  void check_messages() {
    std::map<std::string, std::vector<Instant>> stored;
    for (const Note& note : bed_.store.all) {
      const auto* message = std::get_if<record::PulseMessage>(&note.record);
      if (message != nullptr) stored[message->text.raw()].push_back(note.at);
    }
    for (const Client& client : bed_.clients) {
      for (const std::string& text : client.delivered) EXPECT_TRUE(stored.contains(text)) << text << " was lost";
    }
    for (const auto& [text, times] : stored) {
      for (std::size_t i = 1; i < times.size(); ++i) {
        const bool restarted = std::ranges::any_of(
            restarts_, [&times, i](Instant restart) { return times[i - 1] <= restart && restart <= times[i]; });
        EXPECT_TRUE(restarted) << text << " was stored twice";
      }
    }
  }

  World& world_;
  Bed bed_;
  double loss_;
  std::size_t looked_ = 0;
  std::vector<Instant> restarts_;
};

TEST(PresenceWorld, KeepsItsPromisesWhateverHappens) {
  EXPECT_TRUE(for_each_seed(18, [](World& world) {
    Swarm swarm(world, world.seed());
    swarm.run();
    return !testing::Test::HasFailure();
  }));
}

}  // namespace
}  // namespace holter::sim
