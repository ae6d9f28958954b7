#include "heartbeat/line_listener.h"

#include <algorithm>
#include <array>
#include <map>
#include <unordered_map>

#include "heartbeat/origin.h"

namespace holter::heartbeat {
namespace {

constexpr std::string_view kComponent = "heartbeat";
constexpr std::uint8_t kClientHello = 0x16;  // RFC 8446 section 5.1: a handshake record; no text begins with it
constexpr std::size_t kChunk = 4 * 1024;
constexpr std::size_t kLingerBytes = 1024 * 1024;
constexpr base::Duration kPause = base::Duration::milliseconds(100);  // after a failed accept
constexpr base::Duration kEndingPause = base::Duration::milliseconds(1);

base::Bytes bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// So many of those that are turned away, and of those that end, beside the others.
std::size_t beside(std::size_t connections, std::size_t most) {
  return std::clamp<std::size_t>(connections / 4, 1, most);
}

}  // namespace

// Who is connected, shared with the connections, which may outlive the listener.
struct LineListener::Book {
  std::map<std::uint32_t, Connection*> by_number;  // the oldest first
  std::unordered_map<base::IpAddress, std::size_t> of_origin;
  std::uint32_t last_number = 0;
  LineCounters counters;

  std::uint32_t free_number();
  bool make_room();
  void on_reply(const Reply& reply);
};

struct LineListener::Connection {
  Connection(std::shared_ptr<Book> b, const base::Endpoint& p, const boost::asio::any_io_executor& executor)
      : book(std::move(b)), peer(p), number(book->free_number()), ended(executor), output(executor), room(executor) {
    book->by_number[number] = this;
    ++book->of_origin[origin(peer.address)];
  }
  ~Connection() {
    book->by_number.erase(number);
    const auto place = book->of_origin.find(origin(peer.address));
    if (--place->second == 0) book->of_origin.erase(place);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  bool unproven() const { return !gives_way && !(talk && talk->speaks_for_somebody()); }

  std::shared_ptr<Book> book;
  base::Endpoint peer;
  std::uint32_t number;
  std::optional<LineTalk> talk;  // once the first bytes are there
  bool gives_way = false;        // to another connection
  env::Signal ended;
  env::Signal output;  // there may be something to write
  env::Signal room;    // something was written or acknowledged
};

std::uint32_t LineListener::Book::free_number() {
  do {
    ++last_number;
  } while (last_number == 0 || by_number.contains(last_number));
  return last_number;
}

bool LineListener::Book::make_room() {
  const auto found = std::ranges::find_if(by_number, [](const auto& entry) { return entry.second->unproven(); });
  if (found == by_number.end()) return false;
  found->second->gives_way = true;
  found->second->ended.notify();
  ++counters.made_room;
  return true;
}

void LineListener::Book::on_reply(const Reply& reply) {
  const auto found = by_number.find(reply.path.via);
  if (found == by_number.end() || !found->second->talk) {
    counters.asks_unsaid += reply.kind == Reply::Kind::ask;
    return;
  }
  Connection& connection = *found->second;
  if (reply.kind == Reply::Kind::ask) {
    connection.talk->on_ask(reply);
  } else {
    connection.talk->on_ack(reply.number);
  }
  connection.output.notify();
}

LineListener::LineListener(env::Env env, LineListenerOptions options, Presence& presence)
    : env_(env),
      options_(std::move(options)),
      presence_(presence),
      limit_(std::min(kMaxConnections, std::max<std::size_t>(env.host.room_for_connections() / 6, 2))),
      book_(std::make_shared<Book>()),
      connections_(env.executor),
      turned_away_(env.executor) {
  presence_.set_way(record::Way::line, [book = book_](const Reply& reply) { book->on_reply(reply); });
}

LineListener::~LineListener() { presence_.set_way(record::Way::line, {}); }

base::Result<std::unique_ptr<LineListener>> LineListener::open(env::Env env, LineListenerOptions options,
                                                               Presence& presence) {
  if (options.endpoints.size() > kMaxEndpoints) {
    return base::Error{base::ErrorKind::invalid, "lines are heard on 16 endpoints at most"};
  }
  std::unique_ptr<LineListener> listener(new LineListener(env, std::move(options), presence));
  base::Error last;
  for (const base::Endpoint& endpoint : listener->options_.endpoints) {
    auto opened = env.network.listen(endpoint);
    if (opened) {
      listener->listeners_.push_back(std::move(*opened));
      continue;
    }
    if (opened.error().kind == base::ErrorKind::busy) return opened.error();
    last = opened.error();
    if (listener->options_.endpoints.size() > 1) {
      env.log.warn(kComponent, "no lines are heard on an address", {{"on", endpoint}, {"why", last.message}});
    }
  }
  if (listener->listeners_.empty() && !listener->options_.endpoints.empty()) return last;
  return listener;
}

void LineListener::set_identity(std::shared_ptr<const env::TlsIdentity> identity) {
  identity_ = std::move(identity);
  env_.log.info(kComponent, "lines over TLS show this certificate", {{"sha256", identity_->fingerprint()}});
}

env::Task<void> LineListener::run() {
  env::TaskGroup accepting(env_.executor);
  for (std::size_t number = 0; number < listeners_.size(); ++number) {
    env_.log.info(kComponent, "listening for lines", {{"on", listeners_[number]->local()}});
    accepting.spawn(accept(number));
  }
  co_await accepting.join();
}

env::Task<void> LineListener::stop() {
  co_await connections_.stop();
  co_await turned_away_.stop();
}

env::Task<void> LineListener::accept(std::size_t number) {
  env::Listener& listener = *listeners_[number];
  for (;;) {
    auto stream = co_await listener.accept();
    if (stream) {
      co_await admit(std::move(*stream));
      continue;
    }
    if (stream.error().kind == base::ErrorKind::closed) co_return;
    env_.log.warn(kComponent, "a connection for lines could not be accepted", {{"error", stream.error()}});
    co_await env_.clock.sleep_for(kPause);
  }
}

env::Task<void> LineListener::admit(std::unique_ptr<env::ByteStream> stream) {
  // Those that give way end in the loop's next turns; until then others wait.
  while (connections_.running() >= limit_ + beside(limit_, kMaxTurnedAway)) co_await env_.clock.sleep_for(kEndingPause);
  const base::Endpoint peer = stream->peer();
  const auto others = book_->of_origin.find(origin(peer.address));
  std::string refusal;
  if (others != book_->of_origin.end() && others->second >= kMaxOfAddress) {
    ++book_->counters.refused_address;
    refusal = "error: there are 64 connections from your address already: close one\n";
  } else if (book_->by_number.size() >= limit_ && !book_->make_room()) {
    ++book_->counters.refused_full;
    refusal = "error: there are too many connections: try again later\n";
  }
  if (refusal.empty()) {
    ++book_->counters.connections;
    connections_.spawn(attend(std::move(stream), std::make_unique<Connection>(book_, peer, env_.executor)));
    co_return;
  }
  env_.log.debug(kComponent, "a connection for lines is turned away", {{"peer", peer}, {"why", refusal}});
  if (turned_away_.running() < beside(limit_, kMaxTurnedAway)) {
    turned_away_.spawn(turn_away(std::move(stream), std::move(refusal)));
  }
}

env::Task<void> LineListener::turn_away(std::unique_ptr<env::ByteStream> stream, std::string why) {
  auto writing = stream->write_all(bytes_of(why));
  const auto written = co_await env::with_deadline(env_.clock, env_.clock.now() + kLinger, std::move(writing));
  if (written) co_await linger(*stream);
}

env::Task<void> LineListener::attend(std::unique_ptr<env::ByteStream> stream, std::unique_ptr<Connection> connection) {
  using boost::asio::experimental::awaitable_operators::operator||;
  env_.log.debug(kComponent, "a connection for lines begins", {{"peer", connection->peer}});
  auto talking = converse(std::move(stream), *connection);
  auto giving_way = connection->ended.wait();
  co_await (std::move(talking) || std::move(giving_way));
  env_.log.debug(kComponent, "a connection for lines ends", {{"peer", connection->peer}});
}

env::Task<void> LineListener::converse(std::unique_ptr<env::ByteStream> stream, Connection& connection) {
  using boost::asio::experimental::awaitable_operators::operator&&;
  stream = co_await begin(std::move(stream), connection);
  if (!stream) co_return;
  auto reading = read(*stream, connection);
  auto writing = write(*stream, connection);
  co_await (std::move(reading) && std::move(writing));
  co_await linger(*stream);
}

env::Task<std::unique_ptr<env::ByteStream>> LineListener::begin(std::unique_ptr<env::ByteStream> stream,
                                                                Connection& connection) {
  const base::Instant start = env_.clock.now();
  std::vector<std::uint8_t> first(kChunk);
  auto reading = stream->read_some(first);
  const auto got = co_await env::with_deadline(env_.clock, start + LineTalk::kIdleWithin, std::move(reading));
  if (!got && got.error().kind != base::ErrorKind::timeout) co_return nullptr;
  first.resize(got ? *got : 0);
  if (!first.empty() && first.front() == kClientHello) {
    co_return co_await begin_tls(std::move(stream), std::move(first), connection);
  }
  const LinePeer peer{.loopback = connection.peer.address.is_loopback(), .encrypted = false};
  connection.talk.emplace(peer, options_.verify, book_->counters, start);
  if (got) connection.talk->on_bytes(first);
  if (!got) connection.talk->on_silence();
  co_return stream;
}

env::Task<std::unique_ptr<env::ByteStream>> LineListener::begin_tls(std::unique_ptr<env::ByteStream> stream,
                                                                    std::vector<std::uint8_t> first,
                                                                    Connection& connection) {
  base::Result<std::unique_ptr<env::ByteStream>> encrypted =
      base::Error{base::ErrorKind::unsupported, "there is no certificate"};
  if (identity_) {
    auto accepting = env_.network.accept_tls(std::move(stream), std::move(first), identity_);
    const base::Instant deadline = env_.clock.now() + kHandshakeWithin;
    encrypted = co_await env::with_deadline(env_.clock, deadline, std::move(accepting));
  }
  if (!encrypted) {
    ++book_->counters.no_tls;
    const std::string why = base::UntrustedText(encrypted.error().message).for_log();
    env_.log.debug(kComponent, "no TLS came about", {{"peer", connection.peer}, {"why", why}});
    co_return nullptr;
  }
  ++book_->counters.encrypted;
  const LinePeer peer{.loopback = connection.peer.address.is_loopback(), .encrypted = true};
  connection.talk.emplace(peer, options_.verify, book_->counters, env_.clock.now());
  co_return std::move(*encrypted);
}

env::Task<void> LineListener::read(env::ByteStream& stream, Connection& connection) {
  LineTalk& talk = *connection.talk;
  std::array<std::uint8_t, kChunk> chunk;
  for (;;) {
    hear(connection);
    if (talk.heard_all()) co_return;
    if (!talk.wants_bytes()) {
      co_await wait_for_room(connection);
      continue;
    }
    auto reading = stream.read_some(chunk);
    const base::Instant deadline = talk.silence_deadline().value_or(base::Instant::max());
    const auto got = co_await env::with_deadline(env_.clock, deadline, std::move(reading));
    if (got) {
      talk.on_bytes(base::Bytes(chunk).first(*got));
    } else if (got.error().kind == base::ErrorKind::timeout) {
      talk.on_silence();
    } else {
      talk.on_end(got.error().kind == base::ErrorKind::closed);
    }
  }
}

void LineListener::hear(Connection& connection) {
  const Path from{connection.peer, record::Way::line, connection.number};
  while (const auto said = connection.talk->next(env_.clock.now())) {
    env_.log.debug(kComponent, "line", {{"session", base::UntrustedText(said->name)}, {"peer", connection.peer}});
    if (presence_.on_sign(said->name, said->sign(), from)) continue;
    connection.talk->refuse(
        "there is no room: there are as many sessions as may be, or those without a key have said too much");
  }
  connection.output.notify();
}

env::Task<void> LineListener::wait_for_room(Connection& connection) {
  using boost::asio::experimental::awaitable_operators::operator||;
  auto room = connection.room.wait();
  auto time = env_.clock.sleep_until(connection.talk->resume_at().value_or(base::Instant::max()));
  co_await (std::move(room) || std::move(time));
}

env::Task<void> LineListener::write(env::ByteStream& stream, Connection& connection) {
  LineTalk& talk = *connection.talk;
  for (;;) {
    const std::string output = talk.take_output();
    if (output.empty()) {
      if (talk.over()) co_return;
      co_await wait_for_output(connection);
      continue;
    }
    auto writing = stream.write_all(bytes_of(output));
    const auto written = co_await env::with_deadline(env_.clock, env_.clock.now() + kWriteWithin, std::move(writing));
    connection.room.notify();
    if (written) continue;
    if (written.error().kind == base::ErrorKind::timeout) ++book_->counters.unread;
    talk.abandon();
    stream.close();
    co_return;
  }
}

env::Task<void> LineListener::wait_for_output(Connection& connection) {
  using boost::asio::experimental::awaitable_operators::operator||;
  auto output = connection.output.wait();
  auto time = env_.clock.sleep_until(connection.talk->answer_deadline().value_or(base::Instant::max()));
  co_await (std::move(output) || std::move(time));
  connection.talk->on_unconfirmed(env_.clock.now());
}

env::Task<void> LineListener::linger(env::ByteStream& stream) {
  stream.shutdown_write();
  const base::Instant deadline = env_.clock.now() + kLinger;
  std::array<std::uint8_t, kChunk> chunk;
  for (std::size_t total = 0; total < kLingerBytes;) {
    auto reading = stream.read_some(chunk);
    const auto got = co_await env::with_deadline(env_.clock, deadline, std::move(reading));
    if (!got) co_return;
    total += *got;
  }
}

std::vector<base::Endpoint> LineListener::endpoints() const {
  std::vector<base::Endpoint> all;
  for (const auto& listener : listeners_) all.push_back(listener->local());
  return all;
}

LineCounters LineListener::counters() const {
  LineCounters all = book_->counters;
  all.open = book_->by_number.size();
  return all;
}

}  // namespace holter::heartbeat
