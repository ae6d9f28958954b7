// Receiver is the hub's end of one agent's connection, without the connection: messages in, messages out, and batches
// to be stored. It acks only what it was told is durable. Batches of which everything is durable already (sent again
// after a lost ack) are acked at once and not stored again; the archive itself compares record by record.
// Pure: takes `now`, says next_deadline(). One thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "uplink/liveness.h"
#include "uplink/messages.h"

namespace holter::uplink {

class Receiver {
 public:
  Receiver(LivenessOptions options, std::string version, base::Instant now)
      : liveness_(options, now), version_(std::move(version)) {}

  void receive(Message message, base::Instant now);
  void tick(base::Instant now);
  base::Instant next_deadline() const { return liveness_.next_deadline(); }

  // The agent said hello and waits for welcome() or refuse().
  bool is_greeting() const { return hello_.has_value() && !welcomed_ && !over(); }
  const Hello& hello() const { return *hello_; }
  void welcome(AckState durable, const record::Plan& plan, base::Instant now);
  void refuse(std::string_view reason, base::Instant now);
  void say_bye(std::string_view reason, base::Instant now);
  void push_plan(const record::Plan& plan, base::Instant now);

  // To be stored, then stored().
  std::vector<Batch> take_batches();
  // `durable` is what the archive has of this agent after it stored `batches`.
  void stored(const std::vector<Batch>& batches, AckState durable, base::Instant now);

  std::vector<Message> take_messages() { return std::exchange(messages_, {}); }
  bool welcomed() const { return welcomed_; }
  bool over() const { return !reason_.empty(); }
  const base::UntrustedText& reason() const { return reason_; }

 private:
  void send(Message message, base::Instant now);
  void end(base::UntrustedText reason);
  void on_hello(Hello hello, base::Instant now);
  void on_batch(Batch batch, base::Instant now);
  void ack(const std::vector<Batch>& batches, base::Instant now);

  Liveness liveness_;
  std::string version_;
  std::optional<Hello> hello_;
  bool welcomed_ = false;
  base::UntrustedText reason_;
  AckState durable_;
  std::vector<Batch> batches_;
  std::vector<Message> messages_;
};

}  // namespace holter::uplink
