#include "http/server.h"

#include <algorithm>
#include <array>

#include "http/codec.h"

namespace holter::http {
namespace {

base::Bytes bytes_of(const std::string& text) {
  return base::Bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
}

// What is read of a peer that has been told its last before the connection is closed on it.
constexpr base::Duration kLinger = base::Duration::seconds(1);
constexpr std::size_t kLingerBytes = 1024 * 1024;
// Peers told at one time that there is no room.
constexpr std::size_t kMaxTurnedAway = 64;
// Connections that were given up and have not ended yet.
constexpr std::size_t kMaxEnding = 64;

constexpr base::Duration kEndingPause = base::Duration::milliseconds(1);

// So many of each of these two beside `connections`, all of them together within what the process may have open.
std::size_t beside(std::size_t connections, std::size_t most) {
  return std::min(most, std::max<std::size_t>(connections / 4, 1));
}

std::size_t fitting(std::size_t wanted, std::size_t room) {
  return std::min(wanted, std::max<std::size_t>(room / 2, 2));
}

// Reads and forgets until the peer ends the stream, or has sent too much.
env::Task<void> read_to_the_end(env::ByteStream& stream) {
  std::array<std::uint8_t, 4096> chunk;
  for (std::size_t total = 0; total < kLingerBytes;) {
    const auto got = co_await stream.read_some(chunk);
    if (!got) co_return;
    total += *got;
  }
}

class StreamWriter : public BodyWriter {
 public:
  StreamWriter(env::Clock& clock, env::ByteStream& stream, base::Duration deadline)
      : clock_(clock), stream_(stream), deadline_(deadline) {}

  env::Task<base::Result<void>> write(std::string piece) override {
    auto writing = stream_.write_all(bytes_of(piece));
    co_return co_await env::with_deadline<void>(clock_, clock_.now() + deadline_, std::move(writing));
  }

 private:
  env::Clock& clock_;
  env::ByteStream& stream_;
  base::Duration deadline_;
};

class StreamEventWriter : public EventWriter {
 public:
  explicit StreamEventWriter(BodyWriter& body) : body_(body) {}

  env::Task<base::Result<void>> send(std::string event, std::string data) override {
    return body_.write(event_text(event, data));
  }

 private:
  BodyWriter& body_;
};

env::Task<void> tell_events(EventStream events, BodyWriter& body) {
  StreamEventWriter writer(body);
  co_await events(writer);
}

}  // namespace

Server::Server(env::Env env, ServerOptions options, const Router& router)
    : env_(env), options_(std::move(options)), router_(router), connections_(env.executor), turned_away_(env.executor) {
  options_.max_connections = fitting(options_.max_connections, env_.host.room_for_connections());
}
Server::~Server() = default;

env::Task<void> Server::stop() {
  co_await connections_.stop();
  co_await turned_away_.stop();
}

env::Task<void> Server::serve(std::unique_ptr<env::Listener> listener, Origin origin) {
  for (;;) {
    auto stream = co_await listener->accept();
    if (!stream) {
      if (stream.error().kind == base::ErrorKind::closed) co_return;
      env_.log.warn("http", "a connection could not be accepted", {{"error", stream.error()}});
      co_await env_.clock.sleep_for(base::Duration::milliseconds(100));
      continue;
    }
    // Those that were given up end in the loop's next turns; until then others wait to be accepted.
    const std::size_t ending = beside(options_.max_connections, kMaxEnding);
    while (connections_.running() >= options_.max_connections + ending) co_await env_.clock.sleep_for(kEndingPause);
    const bool full = connections_.running() >= options_.max_connections;
    const bool room = !full || seats_->free_one(env_.clock.now());
    counters_.given_up += full && room;
    if (!room) {
      ++counters_.overflowed;
      const std::size_t told = beside(options_.max_connections, kMaxTurnedAway);
      if (turned_away_.running() < told) turned_away_.spawn(turn_away(std::move(*stream)));
      continue;
    }
    connections_.spawn(converse(std::move(*stream), origin));
  }
}

env::Task<void> Server::converse(std::unique_ptr<env::ByteStream> stream, Origin origin) {
  RequestParser parser;
  Seat seat(seats_, *stream, env_.clock.now());
  while (co_await exchange(*stream, seat, parser, origin)) {
  }
  stream->close();
}

env::Task<void> Server::turn_away(std::unique_ptr<env::ByteStream> stream) {
  const base::Error full{base::ErrorKind::full, "too many connections; close one or try again"};
  std::string refusal = serialize(error_response(full), false);
  co_await say_last(*stream, std::move(refusal));
}

// Closing on bytes that nobody read resets the connection, and the peer may lose the answer: so read on for a moment.
env::Task<void> Server::say_last(env::ByteStream& stream, std::string text) {
  using boost::asio::experimental::awaitable_operators::operator||;
  const auto written = co_await write(stream, std::move(text));
  if (!written) co_return;
  stream.shutdown_write();
  auto reading = read_to_the_end(stream);
  auto sleep = env_.clock.sleep_for(kLinger);
  co_await (std::move(reading) || std::move(sleep));
}

env::Task<bool> Server::exchange(env::ByteStream& stream, Seat& seat, RequestParser& parser, Origin origin) {
  seat.enter(Seat::Phase::reading, env_.clock.now());
  auto request = co_await read_request(stream, parser);
  if (!request) {
    if (request.error().kind == base::ErrorKind::timeout) ++counters_.timed_out;
    if (request.error().kind != base::ErrorKind::invalid && request.error().kind != base::ErrorKind::too_large) {
      co_return false;
    }
    ++counters_.malformed;
    std::string refusal = serialize(error_response(request.error()), false);
    co_await say_last(stream, std::move(refusal));
    co_return false;
  }
  ++counters_.requests;
  seat.enter(Seat::Phase::answering, env_.clock.now());
  request->origin = origin;
  request->peer = stream.peer();
  const bool keep_alive = request->keep_alive;
  Response response = co_await answer(std::move(*request));
  if (response.events) {
    response.content_type = "text/event-stream";
    response.stream = [events = std::move(response.events)](BodyWriter& body) { return tell_events(events, body); };
  }
  if (response.stream) {
    co_await stream_body(stream, std::move(response));
    co_return false;
  }
  co_return co_await write_answer(stream, seat, std::move(response), keep_alive);
}

env::Task<Response> Server::answer(Request request) {
  if (request.path.empty()) {
    ++counters_.malformed;
    const base::Error error{base::ErrorKind::invalid, "the request's path or Host cannot be understood"};
    co_return error_response(error);
  }
  if (const auto refusal = refuse(request, options_.guard)) {
    ++counters_.refused;
    co_return error_response(*refusal);
  }
  co_return co_await router_.handle(std::move(request));
}

env::Task<bool> Server::write_answer(env::ByteStream& stream, Seat& seat, Response response, bool keep_alive) {
  if (*waiting_bytes_ != 0 && *waiting_bytes_ + response.body.size() > options_.waiting_bytes) {
    ++counters_.overflowed;
    const base::Error full{base::ErrorKind::full, "too many answers wait to be read; try again"};
    response = error_response(full);
  }
  std::string text = serialize(response, keep_alive);
  response = {};
  struct Waiting {
    Waiting(std::shared_ptr<std::size_t> t, std::size_t b) : total(std::move(t)), bytes(b) { *total += bytes; }
    ~Waiting() { *total -= bytes; }
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;
    std::shared_ptr<std::size_t> total;
    std::size_t bytes;
  } const waiting(waiting_bytes_, text.size());
  seat.enter(Seat::Phase::writing, env_.clock.now());
  const auto written = co_await write(stream, std::move(text));
  co_return written.has_value() && keep_alive;
}

env::Task<base::Result<Request>> Server::read_request(env::ByteStream& stream, RequestParser& parser) {
  std::array<std::uint8_t, 4096> chunk;
  auto deadline = env_.clock.now() + (parser.in_message() ? options_.request_deadline : options_.idle_deadline);
  for (;;) {
    if (auto request = parser.take()) co_return std::move(*request);
    if (const auto ok = parser.ok(); !ok) co_return ok.error();
    if (parser.take_expectation()) {
      std::string go_on = "HTTP/1.1 100 Continue\r\n\r\n";
      const auto written = co_await write(stream, std::move(go_on));
      if (!written) co_return written.error();
    }
    const bool was_idle = !parser.in_message();
    auto reading = stream.read_some(chunk);
    const auto got = co_await env::with_deadline<std::size_t>(env_.clock, deadline, std::move(reading));
    if (!got) co_return got.error();
    if (was_idle) deadline = env_.clock.now() + options_.request_deadline;
    const auto fed = parser.feed(base::Bytes(chunk).first(*got));
    if (!fed) co_return fed.error();
  }
}

env::Task<base::Result<void>> Server::write(env::ByteStream& stream, std::string text) {
  auto writing = stream.write_all(bytes_of(text));
  co_return co_await env::with_deadline<void>(env_.clock, env_.clock.now() + options_.write_deadline,
                                              std::move(writing));
}

env::Task<void> Server::stream_body(env::ByteStream& stream, Response response) {
  std::string head = stream_head(response.content_type);
  const auto written = co_await write(stream, std::move(head));
  if (!written) co_return;
  StreamWriter writer(env_.clock, stream, response.piece_deadline.value_or(options_.write_deadline));
  // Reading is how a reader that went away is noticed while there is nothing to tell it.
  using boost::asio::experimental::awaitable_operators::operator||;
  auto telling = response.stream(writer);
  auto gone = read_to_the_end(stream);
  co_await (std::move(telling) || std::move(gone));
}

}  // namespace holter::http
