#include "capture/own_traffic.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace holter::capture {
namespace {

// Taken out before every block and at every reading of the counters, so that they are never so many.
constexpr std::size_t kWaitingChanges = 4'096;

OwnConnection listener_at(const base::Endpoint& local) { return {local, {}}; }
bool is_listener(const OwnConnection& socket) { return socket.peer == base::Endpoint(); }

}  // namespace

// Shared with the holds and with streams, whose frames may die after the OwnTraffic.
struct OwnTraffic::State {
  struct Socket {
    std::size_t holders = 0;
    std::optional<base::Instant> over;  // when it is forgotten; known from the first look after the last holder went
  };

  bool take(const OwnConnection& socket);
  void release(const OwnConnection& socket);
  // True when something was forgotten.
  bool forget_what_is_over(base::Instant now);
  OwnSockets held() const;
  void tell();

  std::map<OwnConnection, Socket> sockets;
  std::vector<std::weak_ptr<env::Letterbox<OwnSockets>>> feeds;
  std::uint64_t refused = 0;
  bool untold = false;  // a feed had no room
};

bool OwnTraffic::State::take(const OwnConnection& socket) {
  const auto found = sockets.find(socket);
  if (found != sockets.end()) {
    ++found->second.holders;
    found->second.over.reset();
    return true;
  }
  if (sockets.size() >= kMaxSockets) {
    ++refused;
    return false;
  }
  sockets[socket].holders = 1;
  tell();
  return true;
}

void OwnTraffic::State::release(const OwnConnection& socket) {
  const auto found = sockets.find(socket);
  if (found != sockets.end()) --found->second.holders;
}

bool OwnTraffic::State::forget_what_is_over(base::Instant now) {
  for (auto& [name, socket] : sockets) {
    if (socket.holders == 0 && !socket.over) socket.over = now + kAfterwards;
  }
  const auto over = [now](const auto& entry) { return entry.second.over && *entry.second.over <= now; };
  return std::erase_if(sockets, over) != 0;
}

OwnSockets OwnTraffic::State::held() const {
  OwnSockets held;
  for (const auto& [socket, entry] : sockets) {
    if (is_listener(socket)) held.listening.push_back(socket.local);
    if (!is_listener(socket)) held.connections.push_back(socket);
  }
  return held;
}

void OwnTraffic::State::tell() {
  untold = false;
  std::erase_if(feeds, [](const auto& feed) { return feed.expired(); });
  const OwnSockets now = held();
  for (const auto& weak : feeds) {
    const auto feed = weak.lock();
    if (feed && !feed->post(now)) untold = true;
  }
}

struct OwnTraffic::Holding {
  Holding(std::shared_ptr<State> s, const OwnConnection& o) : state(std::move(s)), socket(o) {}
  Holding(const Holding&) = delete;
  Holding& operator=(const Holding&) = delete;
  ~Holding() { state->release(socket); }

  std::shared_ptr<State> state;
  OwnConnection socket;
};

// Of a connection that was accepted, on whichever address.
class OwnTraffic::OwnStream final : public env::ByteStream {
 public:
  OwnStream(std::unique_ptr<env::ByteStream> under, Hold hold) : hold_(std::move(hold)), under_(std::move(under)) {}

  base::Endpoint local() const override { return under_->local(); }
  base::Endpoint peer() const override { return under_->peer(); }
  std::optional<env::PeerCredentials> credentials() const override { return under_->credentials(); }
  std::optional<base::Duration> kernel_rtt() const override { return under_->kernel_rtt(); }
  env::Task<base::Result<std::size_t>> read_some(std::span<std::uint8_t> into) override {
    return under_->read_some(into);
  }
  env::Task<base::Result<void>> write_all(base::Bytes bytes) override { return under_->write_all(bytes); }
  void shutdown_write() override { under_->shutdown_write(); }
  void close() override { under_->close(); }

 private:
  Hold hold_;
  std::unique_ptr<env::ByteStream> under_;
};

class OwnTraffic::OwnListener final : public env::Listener {
 public:
  OwnListener(std::unique_ptr<env::Listener> under, std::shared_ptr<State> state)
      : under_(std::move(under)), state_(std::move(state)) {}

  base::Endpoint local() const override { return under_->local(); }
  env::Task<base::Result<std::unique_ptr<env::ByteStream>>> accept() override {
    return OwnTraffic::accept(under_, state_);
  }
  void close() override { under_->close(); }

 private:
  std::shared_ptr<env::Listener> under_;
  std::shared_ptr<State> state_;
};

OwnTraffic::OwnTraffic(env::Env env) : env_(env), state_(std::make_shared<State>()) {}

OwnTraffic::~OwnTraffic() = default;

env::Task<base::Result<std::unique_ptr<env::ByteStream>>> OwnTraffic::accept(std::shared_ptr<env::Listener> under,
                                                                             std::shared_ptr<State> state) {
  auto accepting = under->accept();
  auto stream = co_await std::move(accepting);
  if (!stream) co_return stream.error();
  auto held = hold(state, listener_at((*stream)->local()));
  co_return std::unique_ptr<env::ByteStream>(new OwnStream(std::move(*stream), std::move(held)));
}

OwnTraffic::Hold OwnTraffic::hold(const std::shared_ptr<State>& state, const OwnConnection& socket) {
  return state->take(socket) ? std::make_shared<const Holding>(state, socket) : nullptr;
}

OwnTraffic::Hold OwnTraffic::hold(const OwnConnection& connection) { return hold(state_, connection); }

std::unique_ptr<env::Listener> OwnTraffic::watch(std::unique_ptr<env::Listener> listener) {
  listening_.push_back(listener->local());
  look_at_addresses();
  return std::make_unique<OwnListener>(std::move(listener), state_);
}

OwnFeed OwnTraffic::feed() {
  auto feed = std::make_shared<env::Letterbox<OwnSockets>>(kWaitingChanges);
  feed->post(state_->held());
  state_->feeds.push_back(feed);
  return feed;
}

void OwnTraffic::look_at_addresses() {
  next_addresses_ = env_.clock.now() + kAddressesEvery;
  const auto interfaces = env_.host.interfaces();
  std::map<base::Endpoint, Hold> now;
  const auto add = [&](const base::Endpoint& local) { now[local] = hold(state_, listener_at(local)); };
  for (const base::Endpoint& listening : listening_) {
    if (!listening.address.is_any()) add(listening);
    if (!listening.address.is_any() || !interfaces) continue;
    for (const env::Interface& interface : *interfaces) {
      for (const base::IpAddress& address : interface.addresses) {
        if (address.family() == listening.address.family()) add({address, listening.port});
      }
    }
  }
  addresses_ = std::move(now);
}

env::Task<void> OwnTraffic::run() {
  std::uint64_t said = 0;
  for (;;) {
    co_await env_.clock.sleep_for(kLookEvery);
    const base::Instant now = env_.clock.now();
    if (now >= next_addresses_) look_at_addresses();
    if (state_->forget_what_is_over(now) || state_->untold) state_->tell();
    if (said == 0 && state_->refused > 0) {
      env_.log.warn("capture", "holter has too many connections of its own; some are recorded like anybody's",
                    {{"limit", kMaxSockets}});
    }
    said = state_->refused;
  }
}

OwnFigures OwnTraffic::figures() const {
  const OwnSockets held = state_->held();
  return {held.listening.size(), held.connections.size(), state_->refused};
}

}  // namespace holter::capture
