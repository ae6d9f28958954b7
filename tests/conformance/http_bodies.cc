#include <gtest/gtest.h>

#include "conformance/bodies.h"

namespace holter::conformance {
namespace {

using base::Duration;
using base::ErrorKind;
using env::HttpPhase;
using env::Task;

// What a web server of this suite does with every connection.
enum class Manner { answers, not_found, is_silent, stalls, goes_away, resets, is_large, talks_nonsense };

std::string answer_of(Manner manner) {
  switch (manner) {
    case Manner::answers:
      return "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX-Name: holter \r\nContent-Length: 12\r\n\r\nhello, world";
    case Manner::not_found: return "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
    case Manner::is_silent:
    case Manner::resets: return "";
    case Manner::stalls:
    case Manner::goes_away: return "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf";
    case Manner::is_large: return "HTTP/1.1 200 OK\r\n\r\n" + std::string(20'000, 'x');
    case Manner::talks_nonsense: return "SSH-2.0-OpenSSH_9.2p1\r\n\r\n";
  }
  return "";
}

Task<void> serve_one(env::Env env, env::Listener* listener, Manner manner) {
  auto stream = co_await listener->accept();
  if (!stream) co_return;
  std::string request;
  std::array<std::uint8_t, 4'096> part{};
  if (manner == Manner::resets) {
    // What is left unread when a socket closes makes its kernel send a reset.
    (void)co_await (*stream)->read_some(std::span(part).first(1));
    co_return;
  }
  while (request.find("\r\n\r\n") == std::string::npos) {
    const auto got = co_await (*stream)->read_some(part);
    if (!got) co_return;
    request.append(part.begin(), part.begin() + static_cast<std::ptrdiff_t>(*got));
  }
  EXPECT_TRUE(request.starts_with("GET /a?b HTTP/1.1\r\n")) << request;
  const std::string answer = answer_of(manner);
  const base::Bytes bytes(reinterpret_cast<const std::uint8_t*>(answer.data()), answer.size());
  (void)co_await (*stream)->write_all(bytes);
  const bool waits = manner == Manner::is_silent || manner == Manner::stalls;
  if (waits) co_await env.clock.sleep_for(Duration::hours(1));
}

env::HttpRequest request_to(const Place& place, const base::Endpoint& at, Duration timeout) {
  env::HttpRequest request;
  request.url = "http://" + to_string(at) + "/a?b";
  request.deadline = place.env.clock.now() + timeout;
  request.max_body_bytes = 10'000;
  request.keep_body_bytes = 5;
  return request;
}

Task<env::HttpExchange> ask(Place place, Manner manner, Duration timeout = Duration::seconds(20)) {
  auto listener = place.env.network.listen({base::IpAddress::loopback(base::IpAddress::Family::v4), 0});
  EXPECT_TRUE(listener);
  if (!listener) co_return env::HttpExchange();
  env::TaskGroup group(place.env.executor);
  group.spawn(serve_one(place.env, listener->get(), manner));
  auto exchange = co_await place.env.http.exchange(request_to(place, (*listener)->local(), timeout));
  EXPECT_EQ(exchange.address, (*listener)->local().address);
  EXPECT_FALSE(exchange.time(HttpPhase::resolve));
  EXPECT_FALSE(exchange.time(HttpPhase::tls));
  co_await group.stop();
  co_return exchange;
}

// The kind of failure and the phase it is in.
void expect_failure(const env::HttpExchange& exchange, ErrorKind kind, HttpPhase phase) {
  EXPECT_TRUE(exchange.failure) << "no failure, status " << exchange.answer.status;
  if (!exchange.failure) return;
  EXPECT_EQ(exchange.failure->kind, kind) << to_string(*exchange.failure);
  EXPECT_EQ(exchange.phase, phase) << to_string(*exchange.failure);
  EXPECT_FALSE(exchange.failure->message.empty());
}

// Takes one request whole, its content of `size` bytes too.
Task<void> take_request(env::Listener* listener, std::size_t size, std::string* request) {
  auto stream = co_await listener->accept();
  if (!stream) co_return;
  std::array<std::uint8_t, 4'096> part{};
  const auto whole = [&] {
    const auto head = request->find("\r\n\r\n");
    return head != std::string::npos && request->size() >= head + 4 + size;
  };
  while (!whole()) {
    const auto got = co_await (*stream)->read_some(part);
    if (!got || *got == 0) co_return;
    request->append(part.begin(), part.begin() + static_cast<std::ptrdiff_t>(*got));
  }
  const std::string answer = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";
  (void)co_await (*stream)->write_all({reinterpret_cast<const std::uint8_t*>(answer.data()), answer.size()});
}

Task<void> get_quietly(env::Env env, env::HttpRequest request) { (void)co_await env.http.exchange(std::move(request)); }

}  // namespace

Task<void> http_posts_its_content(Place place) {
  auto listener = place.env.network.listen({base::IpAddress::loopback(base::IpAddress::Family::v4), 0});
  EXPECT_TRUE(listener);
  if (!listener) co_return;
  std::string request;
  const std::string body = std::string(5'000, 'x') + '\0' + "end";
  env::TaskGroup group(place.env.executor);
  group.spawn(take_request(listener->get(), body.size(), &request));
  auto asked = request_to(place, (*listener)->local(), Duration::seconds(20));
  asked.method = "POST";
  asked.headers = {{"Content-Type", "application/json"}, {"Idempotency-Key", "a/1"}};
  asked.body = body;
  const auto exchange = co_await place.env.http.exchange(std::move(asked));
  co_await group.stop();
  EXPECT_FALSE(exchange.failure);
  EXPECT_EQ(exchange.answer.status, 202);
  EXPECT_TRUE(request.starts_with("POST /a?b HTTP/1.1\r\n")) << request;
  EXPECT_NE(request.find("\r\nContent-Type: application/json\r\n"), std::string::npos);
  EXPECT_NE(request.find("\r\nIdempotency-Key: a/1\r\n"), std::string::npos);
  EXPECT_NE(request.find("\r\nContent-Length: 5004\r\n"), std::string::npos);
  EXPECT_EQ(request.find("Expect"), std::string::npos);
  EXPECT_TRUE(request.ends_with("\r\n\r\n" + body));
}

Task<void> http_answers_are_read_and_timed(Place place) {
  auto exchange = co_await ask(place, Manner::answers);
  EXPECT_FALSE(exchange.failure) << to_string(*exchange.failure);
  EXPECT_EQ(exchange.answer.status, 200);
  EXPECT_EQ(exchange.answer.version, "HTTP/1.1");
  EXPECT_EQ(exchange.answer.body_bytes, 12U);
  EXPECT_EQ(exchange.answer.body.raw(), "hello");
  bool named = false;
  for (const auto& [name, value] : exchange.answer.headers) {
    if (name.raw() == "X-Name") named = value.raw() == "holter";
  }
  EXPECT_TRUE(named);
  EXPECT_TRUE(exchange.time(HttpPhase::connect) && exchange.time(HttpPhase::first_byte) &&
              exchange.time(HttpPhase::transfer));
  exchange = co_await ask(place, Manner::not_found);
  EXPECT_FALSE(exchange.failure);
  EXPECT_EQ(exchange.answer.status, 404);
}

Task<void> http_is_refused_where_nobody_listens(Place place) {
  auto listener = place.env.network.listen({base::IpAddress::loopback(base::IpAddress::Family::v4), 0});
  EXPECT_TRUE(listener);
  if (!listener) co_return;
  const auto at = (*listener)->local();
  listener->reset();
  auto exchange = co_await place.env.http.exchange(request_to(place, at, Duration::seconds(20)));
  expect_failure(exchange, ErrorKind::refused, HttpPhase::connect);
  EXPECT_FALSE(exchange.time(HttpPhase::connect));
}

Task<void> http_deadlines_hold_in_every_phase(Place place) {
  const Duration soon = Duration::milliseconds(50);
  auto exchange = co_await ask(place, Manner::is_silent, soon);
  expect_failure(exchange, ErrorKind::timeout, HttpPhase::first_byte);
  EXPECT_TRUE(exchange.time(HttpPhase::connect));
  exchange = co_await ask(place, Manner::stalls, soon);
  expect_failure(exchange, ErrorKind::timeout, HttpPhase::transfer);
  EXPECT_TRUE(exchange.time(HttpPhase::first_byte));
}

Task<void> http_says_what_is_no_answer(Place place) {
  auto exchange = co_await ask(place, Manner::goes_away);
  expect_failure(exchange, ErrorKind::closed, HttpPhase::transfer);
  exchange = co_await ask(place, Manner::resets);
  expect_failure(exchange, ErrorKind::closed, HttpPhase::first_byte);
  exchange = co_await ask(place, Manner::is_large);
  expect_failure(exchange, ErrorKind::too_large, HttpPhase::transfer);
  exchange = co_await ask(place, Manner::talks_nonsense);
  expect_failure(exchange, ErrorKind::corrupt, HttpPhase::transfer);
  env::HttpRequest request;
  request.url = "ftp://example.org/";
  request.deadline = place.env.clock.now() + Duration::seconds(1);
  exchange = co_await place.env.http.exchange(request);
  expect_failure(exchange, ErrorKind::invalid, HttpPhase::resolve);
  request.url = "http://no.such.name.invalid/";
  request.deadline = place.env.clock.now() + Duration::seconds(20);
  exchange = co_await place.env.http.exchange(request);
  EXPECT_TRUE(exchange.failure);
  EXPECT_EQ(exchange.phase, HttpPhase::resolve);
}

Task<void> http_requests_end_when_cancelled(Place place) {
  auto listener = place.env.network.listen({base::IpAddress::loopback(base::IpAddress::Family::v4), 0});
  EXPECT_TRUE(listener);
  if (!listener) co_return;
  env::TaskGroup group(place.env.executor);
  group.spawn(serve_one(place.env, listener->get(), Manner::stalls));
  const auto request = request_to(place, (*listener)->local(), Duration::hours(1));
  group.spawn(get_quietly(place.env, request));
  co_await place.env.clock.sleep_for(Duration::milliseconds(20));
  EXPECT_EQ(group.running(), 2U);
  co_await group.stop();
  auto exchange = co_await ask(place, Manner::answers);  // and nothing is left that would disturb the next
  EXPECT_EQ(exchange.answer.status, 200);
}

}  // namespace holter::conformance
