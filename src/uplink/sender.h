// Sender is the agent's end of one connection to a hub, without the connection: messages in, messages out, and what it
// wants from the outbox next. One object a connection; after it is over() a new one starts from what the hub has.
//
// Live data overtakes a backlog: what was durable when the hub said welcome is the drain, what came later is live, and
// of kLiveShare fetches one goes to the drain, lanes in their order within both. At most window_bytes are in flight.
// Nothing is sent twice on one connection: a hub that does not ack within ack_within is taken for lost, and the
// reconnect starts from its acks. Pure: takes `now`, says next_deadline(). One thread.
#pragma once

#include <array>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "codec/outbox.h"
#include "uplink/liveness.h"
#include "uplink/messages.h"

namespace holter::uplink {

struct SenderOptions {
  std::size_t window_bytes = 1024 * 1024;
  std::size_t window_batches = 256;
  base::Duration ack_within = base::Duration::seconds(60);
  LivenessOptions liveness;
};

inline constexpr unsigned kLiveShare = 4;

// What to ask the outbox for.
struct Fetch {
  record::Lane lane = record::Lane::results;
  bool live = false;
  codec::Position after;
  std::size_t limit_bytes = 0;
  std::size_t limit_batches = 0;
};

class Sender {
 public:
  Sender(SenderOptions options, Hello hello, base::Instant now);

  // `tails` is where the outbox ends now: call it once, when accepted() turned true, and again after every append.
  void durable(const codec::Tails& tails);
  void receive(Message message, base::Instant now);
  void tick(base::Instant now);
  base::Instant next_deadline() const;

  std::optional<Fetch> wants() const;
  // The outbox's answer to wants().
  void fetched(const Fetch& fetch, std::vector<codec::StoredBatch> batches, base::Instant now);

  // What was produced since the last call.
  std::vector<Message> take_messages() { return std::exchange(messages_, {}); }
  std::vector<AckState> take_acks() { return std::exchange(acks_, {}); }
  std::optional<record::Plan> take_plan() { return std::exchange(plan_, std::nullopt); }

  bool accepted() const { return welcome_.has_value(); }
  const Welcome& welcome() const { return *welcome_; }
  // The hub said no, in its words.
  bool refused() const { return refused_; }
  // The connection is of no more use, and why.
  bool over() const { return !reason_.empty(); }
  const base::UntrustedText& reason() const { return reason_; }
  std::size_t in_flight() const { return in_flight_.size(); }

 private:
  struct Sent {
    codec::BatchHeader header;
    std::size_t bytes = 0;
    base::Instant at;
  };

  void send(Message message, base::Instant now);
  void end(std::string_view reason) { end(base::UntrustedText(reason)); }
  void end(base::UntrustedText reason);
  void on(Welcome&& welcome);
  void on(Refused&& refused);
  void on(record::Plan&& plan) { plan_ = std::move(plan); }
  void on(Ack&& ack);
  void on(Bye&& bye);
  void on(Ping&&) {}
  void on(Hello&&) { end("the peer is an agent, not a hub"); }
  void on(Batch&&) { end("the peer is an agent, not a hub"); }
  void settle(const AckState& acks);
  std::optional<Fetch> wants_of(bool live) const;

  SenderOptions options_;
  Liveness liveness_;
  std::optional<Welcome> welcome_;
  std::optional<record::Plan> plan_;
  bool refused_ = false;
  base::UntrustedText reason_;
  std::vector<Message> messages_;
  std::vector<AckState> acks_;
  std::deque<Sent> in_flight_;
  std::size_t bytes_in_flight_ = 0;
  bool started_ = false;  // durable() was called
  codec::Tails tails_{};
  codec::Tails live_{};   // live data up to here was fetched
  codec::Tails drain_{};  // the backlog up to here was fetched
  codec::Tails drain_end_{};
  unsigned turn_ = 0;
};

}  // namespace holter::uplink
