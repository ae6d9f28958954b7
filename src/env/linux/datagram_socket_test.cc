#include <gtest/gtest.h>
#include <net/if.h>
#include <netinet/in.h>

#include "env/linux/loop.h"
#include "env/linux/test_log.h"
#include "env/linux/test_namespace.h"
#include "env/linux/test_skip.h"

namespace holter::env_linux {
namespace {

using base::Duration;
using base::Endpoint;
using base::IpAddress;
using env::Arrival;
using Family = base::IpAddress::Family;

using Socket = std::unique_ptr<env::DatagramSocket>;

base::Result<Socket> open_on_loopback(env::Env env, Family family, env::DatagramKind kind) {
  env::DatagramOptions options;
  options.kind = kind;
  options.local.address = IpAddress::loopback(family);
  options.stamps = true;
  options.errors = true;
  options.interfaces = true;
  return env.network.open_datagram(options);
}

env::Task<base::Result<bool>> take(env::DatagramSocket* socket, std::vector<Arrival>* into, std::size_t count) {
  while (into->size() < count) {
    const auto done = co_await socket->receive(*into, count);
    if (!done) co_return done.error();
  }
  co_return true;
}

// Waits for `count` arrivals, at most two seconds.
env::Task<void> take_within(env::Env env, env::DatagramSocket* socket, std::vector<Arrival>* into, std::size_t count) {
  auto taking = take(socket, into, count);
  const auto done = co_await env::with_deadline(env.clock, env.clock.now() + Duration::seconds(2), std::move(taking));
  EXPECT_TRUE(done) << "only " << into->size() << " of " << count << " arrivals";
}

// The kernel begins to stamp some milliseconds after the first socket asked for it.
env::Task<void> wait_for_stamps(env::Env env) {
  auto socket = *open_on_loopback(env, Family::v4, env::DatagramKind::udp);
  const std::vector<std::uint8_t> payload{0};
  for (int i = 0; i < 200; ++i) {
    EXPECT_TRUE(socket->send(socket->local(), payload));
    std::vector<Arrival> got;
    co_await take_within(env, socket.get(), &got, 2);
    if (got.size() == 2 && got[1].stamp) co_return;
    co_await env.clock.sleep_for(Duration::milliseconds(5));
  }
  ADD_FAILURE() << "the kernel gives no receive stamps";
}

env::Task<void> exchange_udp(env::Env env, Family family) {
  auto a = *open_on_loopback(env, family, env::DatagramKind::udp);
  auto b = *open_on_loopback(env, family, env::DatagramKind::udp);
  const std::vector<std::uint8_t> payload{1, 2, 3};
  for (std::uint32_t number = 0; number < 3; ++number) EXPECT_EQ(*a->send(b->local(), payload), number);
  std::vector<Arrival> sent;
  co_await take_within(env, a.get(), &sent, 3);
  std::vector<Arrival> got;
  co_await take_within(env, b.get(), &got, 3);
  for (std::uint32_t number = 0; number < 3 && sent.size() == 3 && got.size() == 3; ++number) {
    EXPECT_EQ(sent[number].kind, Arrival::Kind::transmitted);
    EXPECT_EQ(sent[number].send_number, number);
    EXPECT_EQ(got[number].kind, Arrival::Kind::data);
    EXPECT_EQ(got[number].data, payload);
    EXPECT_EQ(got[number].peer, a->local());
    EXPECT_EQ(got[number].ttl, 64);
    EXPECT_EQ(got[number].interface, if_nametoindex("lo"));
    EXPECT_TRUE(sent[number].stamp);
    EXPECT_TRUE(got[number].stamp) << "number " << number << " v" << int(family);
    if (sent[number].stamp && got[number].stamp) {
      EXPECT_LE(sent[number].stamp->in_nanoseconds(), got[number].stamp->in_nanoseconds());
    }
  }
}

TEST(DatagramSocket, StampsBothEndsOfUdp) {
  TestLog log;
  auto loop = *Loop::create(log);
  loop->run(wait_for_stamps(loop->env()));
  loop->run(exchange_udp(loop->env(), Family::v4));
  loop->run(exchange_udp(loop->env(), Family::v6));
}

// A batch among whose datagrams one has no way out.
env::Task<void> send_many(env::Env env, Family family) {
  constexpr std::uint32_t kMany = 150;  // of more than one system call
  constexpr std::uint32_t kBad = 70;
  auto a = *open_on_loopback(env, family, env::DatagramKind::udp);
  auto b = *open_on_loopback(env, family, env::DatagramKind::udp);
  const std::vector<std::uint8_t> payload{1, 2, 3};
  std::vector<env::Outgoing> batch(kMany, {b->local(), payload});
  batch[kBad].to = {IpAddress::loopback(family == Family::v4 ? Family::v6 : Family::v4), 9};
  std::vector<base::Result<std::uint32_t>> results;
  a->send_all(batch, results);
  EXPECT_EQ(results.size(), kMany);
  std::uint32_t number = 0;
  for (std::uint32_t i = 0; i < results.size(); ++i) {
    if (i == kBad) EXPECT_FALSE(results[i]);
    if (i != kBad) EXPECT_EQ(*results[i], number++);
  }
  std::vector<Arrival> got;
  co_await take_within(env, b.get(), &got, kMany - 1);
  std::vector<Arrival> sent;
  co_await take_within(env, a.get(), &sent, kMany - 1);
  for (std::uint32_t i = 0; i < sent.size(); ++i) {
    EXPECT_EQ(sent[i].send_number, i);
    EXPECT_TRUE(sent[i].stamp);
  }
}

TEST(DatagramSocket, ManyAreSentAtOnceAndEachIsAnsweredFor) {
  TestLog log;
  auto loop = *Loop::create(log);
  loop->run(wait_for_stamps(loop->env()));
  loop->run(send_many(loop->env(), Family::v4));
  loop->run(send_many(loop->env(), Family::v6));
}

env::Task<void> provoke_error(env::Env env, Family family) {
  auto gone = *open_on_loopback(env, family, env::DatagramKind::udp);
  const Endpoint nobody = gone->local();
  gone.reset();
  auto socket = *open_on_loopback(env, family, env::DatagramKind::udp);
  auto other = *open_on_loopback(env, family, env::DatagramKind::udp);
  const std::vector<std::uint8_t> payload{7, 8};
  EXPECT_EQ(*socket->send(nobody, payload), 0U);
  // The refusal is pending on the socket now and must not spoil a send to somebody else, nor its number.
  const auto second = socket->send(other->local(), payload);
  EXPECT_TRUE(second) << second.error().message;
  std::vector<Arrival> got;
  co_await take_within(env, socket.get(), &got, 3);
  std::vector<std::uint32_t> numbers;
  int errors = 0;
  for (const Arrival& arrival : got) {
    if (arrival.kind == Arrival::Kind::transmitted) numbers.push_back(arrival.send_number);
    if (arrival.kind != Arrival::Kind::error) continue;
    ++errors;
    EXPECT_EQ(arrival.error, base::ErrorKind::refused);
    EXPECT_EQ(arrival.peer, nobody);
    EXPECT_EQ(arrival.data, payload);
    EXPECT_EQ(arrival.offender, IpAddress::loopback(family));
    EXPECT_EQ(arrival.icmp_type, family == Family::v4 ? 3 : 1);
    EXPECT_EQ(arrival.icmp_code, family == Family::v4 ? 3 : 4);
  }
  EXPECT_EQ(errors, 1);
  EXPECT_EQ(numbers, (std::vector<std::uint32_t>{0, 1}));
}

TEST(DatagramSocket, TellsIcmpErrorsAndSendsOnAfterThem) {
  TestLog log;
  auto loop = *Loop::create(log);
  loop->run(provoke_error(loop->env(), Family::v4));
  loop->run(provoke_error(loop->env(), Family::v6));
}

env::Task<void> ping_loopback(env::Env env, Family family) {
  auto socket = open_on_loopback(env, family, env::DatagramKind::icmp_echo);
  EXPECT_TRUE(socket) << socket.error().message;
  if (!socket) co_return;
  const std::uint8_t request = family == Family::v4 ? 8 : 128;
  const std::uint8_t reply = family == Family::v4 ? 0 : 129;
  const std::vector<std::uint8_t> echo{request, 0, 0, 0, 0, 0, 0, 9, 'h', 'i'};
  EXPECT_TRUE((*socket)->send({IpAddress::loopback(family), 0}, echo));
  std::vector<Arrival> got;
  co_await take_within(env, socket->get(), &got, 2);
  if (got.size() != 2) co_return;
  EXPECT_EQ(got[0].kind, Arrival::Kind::transmitted);
  EXPECT_EQ(got[1].kind, Arrival::Kind::data);
  EXPECT_EQ(got[1].data.at(0), reply);
  EXPECT_EQ(got[1].data.at(7), 9);
  EXPECT_TRUE(got[0].stamp && got[1].stamp && *got[0].stamp <= *got[1].stamp);
}

TEST(DatagramSocket, PingsWithoutPrivilegeAndStamps) {
  HOLTER_EXPECT_PASSED(run_in_namespace([] {
    EXPECT_TRUE(write_text_file("/proc/sys/net/ipv4/ping_group_range", "0 0"));
    TestLog log;
    auto loop = *Loop::create(log);
    loop->run(wait_for_stamps(loop->env()));
    loop->run(ping_loopback(loop->env(), Family::v4));
    loop->run(ping_loopback(loop->env(), Family::v6));
  }));
}

// Raw sockets as the broker would open them.
class OwnRawSockets final : public RawSocketSource {
 public:
  base::Result<UniqueFd> open_icmp(Family family) override {
    const bool v4 = family == Family::v4;
    const int protocol = v4 ? int{IPPROTO_ICMP} : int{IPPROTO_ICMPV6};
    return UniqueFd(::socket(v4 ? AF_INET : AF_INET6, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol));
  }
  base::Result<UniqueFd> open_raw_v4() override {
    return UniqueFd(::socket(AF_INET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_RAW));
  }
  base::Result<UniqueFd> open_tcp(Family family) override {
    return UniqueFd(
        ::socket(family == Family::v4 ? AF_INET : AF_INET6, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
  }
  base::Result<UniqueFd> open_packet() override {
    return base::Error{base::ErrorKind::unsupported, "not in this test"};
  }
};

// In a network namespace of the test's own.
NamespaceOutcome run_with_raw_sockets(void (*test)(Loop& loop)) {
  return run_in_namespace([test] {
    TestLog log;
    OwnRawSockets raw;
    LoopOptions options;
    options.raw_sockets = &raw;
    test(**Loop::create(log, options));
  });
}

env::Task<void> read_raw(env::Env env) {
  auto socket = *open_on_loopback(env, Family::v4, env::DatagramKind::icmp_raw);
  const std::vector<std::uint8_t> echo{8, 0, 0xf7, 0xfd, 0, 1, 0, 1};
  EXPECT_TRUE(socket->send({IpAddress::loopback(Family::v4), 0}, echo));
  std::vector<Arrival> got;
  // The stamp and the reply; the request itself, which loopback brings back too, is filtered in the kernel.
  co_await take_within(env, socket.get(), &got, 2);
  if (got.size() != 2) co_return;
  EXPECT_EQ(got[0].kind, Arrival::Kind::transmitted);
  EXPECT_EQ(got[1].data.size(), echo.size());
  EXPECT_EQ(got[1].data.at(0), 0);
}

TEST(DatagramSocket, RawIcmpComesWithoutItsIpHeader) {
  HOLTER_EXPECT_PASSED(run_with_raw_sockets([](Loop& loop) { loop.run(read_raw(loop.env())); }));
}

// A SYN, from 127.0.0.1 to 127.0.0.1 or from ::1 to ::1.
std::vector<std::uint8_t> syn(Family family, std::uint16_t from, std::uint16_t to) {
  constexpr std::uint16_t kSequence = 0x1234;
  constexpr std::uint16_t kOffsetAndFlags = 0x5002;
  const std::vector<std::uint16_t> words{from, to, 0, kSequence, 0, 0, kOffsetAndFlags, 0xffff, 0, 0};
  std::uint32_t sum = 20 + IPPROTO_TCP;
  sum += family == Family::v4 ? 2 * (0x7f00 + 1) : 2;
  for (const auto word : words) sum += word;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  std::vector<std::uint8_t> bytes;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto word = i == 8 ? static_cast<std::uint16_t>(~sum) : words[i];
    bytes.push_back(static_cast<std::uint8_t>(word >> 8));
    bytes.push_back(static_cast<std::uint8_t>(word));
  }
  return bytes;
}

env::Task<void> hear_segments(env::Env env, Family family) {
  env::DatagramOptions options;
  options.kind = env::DatagramKind::tcp_raw;
  options.local = {IpAddress::loopback(family), 61'000};
  options.ports = 2;
  options.stamps = true;
  const auto socket = env.network.open_datagram(options);
  EXPECT_TRUE(socket) << socket.error().message;
  const std::uint16_t nobody = 9;
  for (const int from : {60'999, 61'000, 61'001, 61'002}) {
    const auto segment = syn(family, static_cast<std::uint16_t>(from), nobody);
    EXPECT_TRUE((*socket)->send({IpAddress::loopback(family), nobody}, segment));
  }
  std::vector<Arrival> got;
  co_await take_within(env, socket->get(), &got, 6);
  std::erase_if(got, [](const Arrival& arrival) { return arrival.kind == Arrival::Kind::transmitted; });
  // Resets, of what left from the own ports; the questions themselves are for another port.
  EXPECT_EQ(got.size(), 2);
  for (std::size_t i = 0; i < got.size(); ++i) {
    const auto& bytes = got[i].data;
    EXPECT_EQ(bytes.at(0) << 8 | bytes.at(1), nobody);
    EXPECT_EQ(bytes.at(2) << 8 | bytes.at(3), 61'000 + static_cast<int>(i));
    EXPECT_EQ(bytes.at(13), 0x14);
    EXPECT_EQ(bytes.at(10) << 8 | bytes.at(11), 0x1235) << "acknowledges the SYN";
    EXPECT_TRUE(got[i].stamp);
  }
}

TEST(DatagramSocket, RawTcpHearsItsOwnPortsAlone) {
  HOLTER_EXPECT_PASSED(run_with_raw_sockets([](Loop& loop) {
    loop.run(wait_for_stamps(loop.env()));
    loop.run(hear_segments(loop.env(), Family::v4));
    loop.run(hear_segments(loop.env(), Family::v6));
  }));
}

// A UDP datagram to `port` as a whole packet, its checksums left to the kernel (IPv4) and out (UDP).
std::vector<std::uint8_t> whole_packet(std::uint16_t port) {
  std::vector<std::uint8_t> packet{0x45, 0, 0, 30, 0, 1, 0, 0, 64, IPPROTO_UDP, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1};
  for (const int byte : {0x12, 0x34, port >> 8, port & 0xff, 0, 10, 0, 0, int{'h'}, int{'i'}}) {
    packet.push_back(static_cast<std::uint8_t>(byte));
  }
  return packet;
}

env::Task<void> send_whole_packet(env::Env env) {
  env::DatagramOptions options;
  options.kind = env::DatagramKind::ipv4_raw;
  const auto sender = env.network.open_datagram(options);
  EXPECT_TRUE(sender) << sender.error().message;
  const auto receiver = *open_on_loopback(env, Family::v4, env::DatagramKind::udp);
  const auto sent = (*sender)->send({IpAddress::loopback(Family::v4), 0}, whole_packet(receiver->local().port));
  EXPECT_TRUE(sent) << sent.error().message;
  std::vector<Arrival> got;
  co_await take_within(env, receiver.get(), &got, 1);
  if (got.size() != 1) co_return;
  EXPECT_EQ(got[0].peer.port, 0x1234);
  EXPECT_EQ(got[0].data, (std::vector<std::uint8_t>{'h', 'i'}));
}

TEST(DatagramSocket, WholeIpv4PacketsLeaveAsTheyAre) {
  HOLTER_EXPECT_PASSED(run_with_raw_sockets([](Loop& loop) { loop.run(send_whole_packet(loop.env())); }));
}

env::Task<void> send_with_ttls(env::Env env, Family family) {
  const auto receiver = *open_on_loopback(env, family, env::DatagramKind::udp);
  const auto sender = *open_on_loopback(env, family, env::DatagramKind::udp);
  const std::vector<std::uint8_t> text{'h', 'i'};
  for (const std::uint8_t ttl : {std::uint8_t{1}, std::uint8_t{255}}) {
    EXPECT_TRUE(sender->send_with_ttl(receiver->local(), text, ttl));
    std::vector<Arrival> got;
    co_await take_within(env, receiver.get(), &got, 1);
    if (got.size() != 1) co_return;
    EXPECT_EQ(got[0].ttl, ttl);
  }
}

TEST(DatagramSocket, ADatagramMayHaveATtlOfItsOwn) {
  TestLog log;
  auto loop = *Loop::create(log);
  loop->run(send_with_ttls(loop->env(), Family::v4));
  loop->run(send_with_ttls(loop->env(), Family::v6));
}

TEST(DatagramSocket, RawSocketsAreRefusedWithoutTheBroker) {
  TestLog log;
  auto loop = *Loop::create(log);
  for (const auto kind : {env::DatagramKind::icmp_raw, env::DatagramKind::tcp_raw, env::DatagramKind::ipv4_raw}) {
    const auto socket = open_on_loopback(loop->env(), Family::v4, kind);
    ASSERT_FALSE(socket);
    EXPECT_EQ(socket.error().kind, base::ErrorKind::permission);
  }
}

env::Task<void> close_under_reader(env::Env env, base::ErrorKind* kind) {
  auto socket = *open_on_loopback(env, Family::v4, env::DatagramKind::udp);
  env::TaskGroup group(env.executor);
  auto read = [](env::DatagramSocket* s, base::ErrorKind* k) -> env::Task<void> {
    std::vector<Arrival> none;
    const auto done = co_await s->receive(none, 1);
    if (!done) *k = done.error().kind;
  };
  group.spawn(read(socket.get(), kind));
  co_await env.clock.sleep_for(Duration::milliseconds(5));
  socket.reset();
  co_await group.join();
}

TEST(DatagramSocket, DestroyingItEndsItsReader) {
  TestLog log;
  auto loop = *Loop::create(log);
  auto kind = base::ErrorKind::io;
  loop->run(close_under_reader(loop->env(), &kind));
  EXPECT_EQ(kind, base::ErrorKind::closed);
}

}  // namespace
}  // namespace holter::env_linux
