#include <gtest/gtest.h>

#include "conformance/bodies.h"

namespace holter::conformance {
namespace {

using base::Duration;
using base::Endpoint;
using base::ErrorKind;
using base::IpAddress;
using env::Task;

const std::vector<std::uint8_t> kHello{'h', 'e', 'l', 'l', 'o'};

Endpoint loopback(std::uint16_t port) { return {IpAddress::loopback(IpAddress::Family::v4), port}; }

env::DatagramOptions udp() {
  env::DatagramOptions options;
  options.local = loopback(0);
  options.errors = true;
  return options;
}

// The next arrival, or one of kind `transmitted` when none came within 5 s.
Task<env::Arrival> next_arrival(env::Env env, env::DatagramSocket* socket) {
  std::vector<env::Arrival> arrivals;
  auto receive = socket->receive(arrivals, 1);
  const auto got = co_await env::with_deadline(env.clock, env.clock.now() + Duration::seconds(5), std::move(receive));
  EXPECT_TRUE(got);
  if (arrivals.empty()) arrivals.emplace_back().kind = env::Arrival::Kind::transmitted;
  co_return arrivals.front();
}

// Everything until the end of the stream.
Task<std::vector<std::uint8_t>> read_all(env::ByteStream* stream) {
  std::vector<std::uint8_t> all;
  std::array<std::uint8_t, 4'096> part{};
  for (;;) {
    const auto got = co_await stream->read_some(part);
    if (!got) {
      EXPECT_EQ(got.error().kind, ErrorKind::closed);
      co_return all;
    }
    all.insert(all.end(), part.begin(), part.begin() + static_cast<std::ptrdiff_t>(*got));
  }
}

Task<void> echo_one(env::Listener* listener) {
  auto stream = co_await listener->accept();
  if (!stream) co_return;
  const auto all = co_await read_all(stream->get());
  EXPECT_TRUE(co_await (*stream)->write_all(all));
}

Task<void> expect_closed(env::ByteStream* stream, bool* closed) {
  std::array<std::uint8_t, 16> part{};
  const auto got = co_await stream->read_some(part);
  *closed = !got && got.error().kind == ErrorKind::closed;
}

}  // namespace

Task<void> datagrams_are_echoed(Place place) {
  auto a = place.env.network.open_datagram(udp());
  auto b = place.env.network.open_datagram(udp());
  EXPECT_TRUE(a && b);
  if (!a || !b) co_return;
  EXPECT_NE((*a)->local().port, 0);
  EXPECT_EQ((*a)->send((*b)->local(), kHello).value(), 0U);
  const auto there = co_await next_arrival(place.env, b->get());
  EXPECT_EQ(there.data, kHello);
  EXPECT_EQ(there.peer, (*a)->local());
  EXPECT_TRUE((*b)->send(there.peer, there.data));
  const auto back = co_await next_arrival(place.env, a->get());
  EXPECT_EQ(back.kind, env::Arrival::Kind::data);
  EXPECT_EQ(back.data, kHello);
  env::DatagramOptions again = udp();
  again.local = (*a)->local();
  EXPECT_EQ(place.env.network.open_datagram(again).error().kind, ErrorKind::busy);
}

Task<void> a_closed_port_is_an_error(Place place) {
  auto a = place.env.network.open_datagram(udp());
  auto b = place.env.network.open_datagram(udp());
  EXPECT_TRUE(a && b);
  if (!a || !b) co_return;
  const Endpoint closed = (*b)->local();
  b->reset();
  EXPECT_TRUE((*a)->send(closed, kHello));
  const auto error = co_await next_arrival(place.env, a->get());
  EXPECT_EQ(error.kind, env::Arrival::Kind::error);
  EXPECT_EQ(error.error, ErrorKind::refused);
  EXPECT_EQ(error.icmp_type, 3);
  EXPECT_EQ(error.icmp_code, 3);
  EXPECT_EQ(error.peer, closed);
  EXPECT_EQ(error.data, kHello);
}

Task<void> streams_half_close(Place place) {
  auto listener = place.env.network.listen(loopback(0));
  EXPECT_TRUE(listener);
  if (!listener) co_return;
  env::TaskGroup group(place.env.executor);
  group.spawn(echo_one(listener->get()));
  auto stream = co_await place.env.network.connect((*listener)->local());
  EXPECT_TRUE(stream);
  if (!stream) co_return;
  EXPECT_EQ((*stream)->peer(), (*listener)->local());
  const std::vector<std::uint8_t> much(30'000, 7);
  EXPECT_TRUE(co_await (*stream)->write_all(much));
  (*stream)->shutdown_write();
  const auto back = co_await read_all(stream->get());
  EXPECT_EQ(back, much);
  co_await group.join();
}

Task<void> nobody_listening_refuses(Place place) {
  auto listener = place.env.network.listen(loopback(0));
  EXPECT_TRUE(listener);
  if (!listener) co_return;
  const Endpoint at = (*listener)->local();
  EXPECT_EQ(place.env.network.listen(at).error().kind, ErrorKind::busy);
  listener->reset();
  const auto stream = co_await place.env.network.connect(at);
  EXPECT_TRUE(!stream && stream.error().kind == ErrorKind::refused);
}

Task<void> the_own_end_is_known_before_the_connection(Place place) {
  auto listener = place.env.network.listen(loopback(0));
  EXPECT_TRUE(listener);
  if (!listener) co_return;
  const Endpoint at = (*listener)->local();
  std::vector<Endpoint> told;
  const auto note = [&told](const Endpoint& local) { told.push_back(local); };
  auto stream = co_await place.env.network.connect(at, {}, note);
  EXPECT_TRUE(stream);
  if (!stream) co_return;
  EXPECT_EQ(told, std::vector{(*stream)->local()});
  listener->reset();
  const auto refused = co_await place.env.network.connect(at, {}, note);
  EXPECT_FALSE(refused);
  EXPECT_EQ(told.size(), 2U);
  EXPECT_NE(told.back().port, 0);
}

Task<void> close_wakes_the_reader(Place place) {
  auto listener = place.env.network.listen(loopback(0));
  EXPECT_TRUE(listener);
  if (!listener) co_return;
  auto stream = co_await place.env.network.connect((*listener)->local());
  EXPECT_TRUE(stream);
  if (!stream) co_return;
  bool closed = false;
  env::TaskGroup group(place.env.executor);
  group.spawn(expect_closed(stream->get(), &closed));
  co_await place.env.clock.sleep_for(Duration::milliseconds(5));
  (*stream)->close();
  co_await group.join();
  EXPECT_TRUE(closed);
}

Task<void> local_streams_name_the_peer(Place place) {
  const std::string path = place.directory + "/socket";
  const auto nobody = co_await place.env.network.connect_local(path);
  EXPECT_TRUE(!nobody && nobody.error().kind == ErrorKind::not_found);
  auto listener = place.env.network.listen_local(path);
  EXPECT_TRUE(listener);
  if (!listener) co_return;
  env::TaskGroup group(place.env.executor);
  group.spawn(echo_one(listener->get()));
  auto stream = co_await place.env.network.connect_local(path);
  EXPECT_TRUE(stream);
  if (!stream) co_return;
  const auto peer = (*stream)->credentials();
  EXPECT_TRUE(peer && peer->process != 0);
  EXPECT_TRUE(co_await (*stream)->write_all(kHello));
  (*stream)->shutdown_write();
  const auto back = co_await read_all(stream->get());
  EXPECT_EQ(back, kHello);
  co_await group.join();
}

Task<void> literals_resolve_to_themselves(Place place) {
  const auto got = co_await place.env.network.resolve("192.0.2.7");
  EXPECT_TRUE(got && got->size() == 1 && got->front() == IpAddress::v4({192, 0, 2, 7}));
}

}  // namespace holter::conformance
