// Lines over simulated TCP, with the listener for pulses behind them as in the program.
#include "heartbeat/line_listener.h"

#include <gtest/gtest.h>

#include "heartbeat/listener.h"
#include "sim/world.h"

namespace holter::heartbeat {
namespace {

using base::Duration;
using record::SessionState;

const base::IpAddress kHubAddress = base::IpAddress::v4({192, 0, 2, 1});
const base::Endpoint kHub{kHubAddress, kLinePort};

struct Notes : record::Sink {
  void accept(record::Record record) override { all.push_back(std::move(record)); }
  template <class T>
  std::vector<T> of() const {
    std::vector<T> out;
    for (const auto& record : all) {
      if (const auto* one = std::get_if<T>(&record)) out.push_back(*one);
    }
    return out;
  }
  std::vector<record::Record> all;
};

base::Bytes bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

KeyVerdict no_keys(std::string_view /*name*/, std::string_view /*key_text*/) { return KeyVerdict::none; }

// One peer: what it says at once, and what it hears. It reads only while `reads`.
struct Peer {
  std::string says;
  bool ends = false;  // its half of the connection, after that
  bool reads = true;
  std::string hears = {};
  bool ended = false;  // by the hub
  env::ByteStream* stream = nullptr;
};

struct Wanted {
  std::size_t sessions = 100;
  bool durable_later = false;
  bool encrypts = false;
};

struct Lines {
  explicit Lines(Wanted w = {})
      : wanted(w),
        hub_host(world.add_host("hub", {.addresses = {kHubAddress}})),
        db1(world.add_host("db1", {.addresses = {base::IpAddress::v4({192, 0, 2, 7})}})) {
    options.table.limit = wanted.sessions;
    hub_host.boot([this](env::Env env) { return run_hub(env, this); });
    db1.boot([this](env::Env env) { return run_peers(env, this); });
    world.run_for(Duration::seconds(1));
  }

  static env::Task<void> run_hub(env::Env env, Lines* self) {
    self->options.endpoints = {{kHubAddress, kPort}};
    if (self->wanted.durable_later) self->options.ask_durable = [self](std::uint64_t number) { self->asked = number; };
    auto pulses = HeartbeatListener::open(env, self->options, self->notes).value();
    auto lines = LineListener::open(env, {{kHub}, no_keys}, *pulses).value();
    if (self->wanted.encrypts) lines->set_identity(env.network.tls_identity({"certificate", "key"}).value());
    self->pulses = pulses.get();
    self->lines = lines.get();
    env::TaskGroup group(env.executor);
    group.spawn(pulses->run());
    group.spawn(lines->run());
    co_await env.clock.sleep_until(base::Instant::max());
  }
  static env::Task<void> run_peers(env::Env env, Lines* self) {
    env::TaskGroup group(env.executor);
    self->db1_env.emplace(env);
    self->peers = &group;
    co_await env.clock.sleep_until(base::Instant::max());
  }
  static env::Task<void> run_peer(env::Env env, Peer* peer) {
    auto connecting = env.network.connect(kHub);
    auto stream = co_await std::move(connecting);
    EXPECT_TRUE(stream);
    peer->stream = stream->get();
    if (!peer->says.empty()) co_await (*stream)->write_all(bytes_of(peer->says));
    if (peer->ends) (*stream)->shutdown_write();
    std::array<std::uint8_t, 1'000> part{};
    while (!peer->reads) co_await env.clock.sleep_for(Duration::seconds(1));
    for (;;) {
      const auto got = co_await (*stream)->read_some(part);
      if (!got) break;
      peer->hears.append(part.begin(), part.begin() + static_cast<std::ptrdiff_t>(*got));
    }
    peer->ended = true;
    peer->stream = nullptr;
  }
  static env::Task<void> write(env::ByteStream* stream, std::string text) {
    co_await stream->write_all(bytes_of(text));
  }

  void connect(Peer& peer, Duration then = Duration::milliseconds(500)) {
    world.at(world.now(), [this, &peer] { peers->spawn(run_peer(*db1_env, &peer)); });
    world.run_for(then);
  }
  void say(Peer& peer, const std::string& text) {
    world.at(world.now(), [this, &peer, text] { peers->spawn(write(peer.stream, text)); });
    world.run_for(Duration::milliseconds(500));
  }
  SessionStatus session() { return pulses->snapshot().at(0); }

  Wanted wanted;
  ListenerOptions options;
  std::uint64_t asked = 0;
  Notes notes;
  HeartbeatListener* pulses = nullptr;
  LineListener* lines = nullptr;
  std::optional<env::Env> db1_env;
  env::TaskGroup* peers = nullptr;
  sim::World world{1};
  sim::Host& hub_host;
  sim::Host& db1;
};

TEST(LineListener, AScriptSaysOneThingAndGoes) {
  Lines l;
  Peer script{.says = "db1 backup done", .ends = true};
  l.connect(script, Duration::seconds(2));
  EXPECT_EQ(script.hears, "ok message taken, unauthenticated\n");
  EXPECT_TRUE(script.ended);
  ASSERT_EQ(l.notes.of<record::PulseMessage>().size(), 1U);
  EXPECT_EQ(l.notes.of<record::PulseMessage>()[0].text.raw(), "backup done");
  EXPECT_EQ(l.notes.of<record::PulseMessage>()[0].way, record::Way::line);
  EXPECT_EQ(l.session().state, SessionState::up);
  EXPECT_EQ(l.lines->counters().open, 0U);
  l.world.run_for(Duration::seconds(65));
  EXPECT_EQ(l.session().state, SessionState::down);  // nobody was there to be asked
  EXPECT_EQ(l.lines->counters().asks_unsaid, 3U);
  EXPECT_EQ(l.world.failure(), "");
}

TEST(LineListener, WhoIsConnectedIsAskedAndAnswersByAnyLine) {
  Lines l;
  Peer peer{.says = "db1\r\n"};
  l.connect(peer, Duration::seconds(61));
  EXPECT_EQ(peer.hears, "ok, unauthenticated\nPULSE 1 of 3\n");
  EXPECT_EQ(l.session().state, SessionState::pulsing);
  l.say(peer, "\n");
  EXPECT_EQ(l.session().state, SessionState::up);
  EXPECT_EQ(peer.hears, "ok, unauthenticated\nPULSE 1 of 3\nok\n");
  l.world.run_for(Duration::minutes(2));
  EXPECT_EQ(l.session().state, SessionState::down);
  EXPECT_FALSE(peer.ended);
  l.say(peer, "db1 TERMINATE\n");
  EXPECT_EQ(l.session().state, SessionState::admin_down);
  l.world.run_for(Duration::seconds(61));
  EXPECT_TRUE(peer.ended);
}

TEST(LineListener, AMessageIsTakenWhenItIsDurable) {
  Lines l({.durable_later = true});
  Peer peer{.says = "db1 hello\n"};
  l.connect(peer);
  EXPECT_EQ(peer.hears, "");
  EXPECT_EQ(l.asked, 1U);
  l.world.at(l.world.now(), [&l] { l.pulses->durable(1); });
  l.world.run_for(Duration::seconds(1));
  EXPECT_EQ(peer.hears, "ok message taken, unauthenticated\n");
  Peer other{.says = "db1 more\n"};
  l.connect(other, Duration::seconds(11));
  EXPECT_EQ(other.hears, "error: it is not certain that this is kept: say it again\n");
}

TEST(LineListener, WithoutRoomNobodySaysOk) {
  Lines l({.sessions = 1});
  Peer peer{.says = "db1\ndb2 hello\ndb1\n"};
  l.connect(peer);
  EXPECT_EQ(
      peer.hears,
      "ok, unauthenticated\nerror: there is no room: there are as many sessions as may be, or those without a key "
      "have said too much\nok, unauthenticated\n");
}

TEST(LineListener, NothingIsSentBeforeTheFirstByteAndSilenceEnds) {
  Lines l;
  Peer silent;
  Peer half{.says = "db1"};
  l.connect(silent, Duration::seconds(0));
  l.connect(half, Duration::seconds(29));
  EXPECT_EQ(silent.hears + half.hears, "");
  l.world.run_for(Duration::seconds(3));
  EXPECT_EQ(half.hears, "error: the line was not ended within 30 s: end it with a newline\n");
  EXPECT_TRUE(half.ended);
  l.world.run_for(Duration::seconds(30));
  EXPECT_EQ(silent.hears, "error: no session was said within 60 s: say NAME, or NAME TEXT; help says more\n");
  EXPECT_TRUE(silent.ended);
  EXPECT_EQ(l.lines->counters().idle, 1U);
  EXPECT_EQ(l.lines->counters().half_lines, 1U);
  EXPECT_TRUE(l.pulses->snapshot().empty());
}

TEST(LineListener, TlsIsKnownByItsFirstByte) {
  Lines l;
  Peer refused{.says = "\x16 db1\n"};
  l.connect(refused);
  EXPECT_TRUE(refused.ended);
  EXPECT_EQ(l.lines->counters().no_tls, 1U);
  Lines other({.encrypts = true});
  Peer accepted{.says = "\x16\ndb1\n"};  // plain in the simulator: the first byte stays
  other.connect(accepted);
  EXPECT_EQ(accepted.hears, "error: byte 1 is the control character 0x16: send plain text\nok, unauthenticated\n");
  EXPECT_EQ(other.lines->counters().encrypted, 1U);
}

TEST(LineListener, OneAddressHasSoManyConnections) {
  Lines l;
  std::vector<Peer> peers(LineListener::kMaxOfAddress + 2);
  for (Peer& peer : peers) l.connect(peer, Duration::milliseconds(100));
  EXPECT_EQ(l.lines->counters().open, LineListener::kMaxOfAddress);
  EXPECT_EQ(l.lines->counters().refused_address, 2U);
  EXPECT_EQ(peers.back().hears, "error: there are 64 connections from your address already: close one\n");
  l.world.run_for(Duration::seconds(70));
  EXPECT_EQ(l.lines->counters().open, 0U);
  Peer again{.says = "db1\n"};
  l.connect(again);
  EXPECT_EQ(again.hears, "ok, unauthenticated\n");
}

TEST(LineListener, WhoDoesNotReadIsEnded) {
  Lines l;
  std::string help;
  for (int i = 0; i < 4'000; ++i) help += "help\n";
  Peer deaf{.says = help, .reads = false};
  l.connect(deaf, Duration::minutes(2));
  EXPECT_EQ(l.lines->counters().unread, 1U);
  EXPECT_EQ(l.lines->counters().open, 0U);
  EXPECT_LT(l.lines->counters().lines, 4'000U);
}

TEST(LineListener, OneAddressHasSoManySessionsWithoutAKey) {
  Lines l;
  std::string names;
  for (int i = 0; i < 65; ++i) names += "n" + std::to_string(i) + "\n";
  Peer peer{.says = names + "n3\n"};
  l.connect(peer);
  EXPECT_EQ(l.pulses->size(), 64U);
  EXPECT_NE(peer.hears.find("or those without a key have said too much\nok, unauthenticated\n"), std::string::npos);
}

}  // namespace
}  // namespace holter::heartbeat
