#include "uplink/receiver.h"

#include <algorithm>

namespace holter::uplink {

void Receiver::send(Message message, base::Instant now) {
  messages_.push_back(std::move(message));
  liveness_.sent(now);
}

void Receiver::end(base::UntrustedText reason) {
  if (!over()) reason_ = reason.empty() ? base::UntrustedText("no reason given") : std::move(reason);
}

void Receiver::receive(Message message, base::Instant now) {
  if (over()) return;
  liveness_.heard(now);
  if (auto* hello = std::get_if<Hello>(&message)) {
    on_hello(std::move(*hello), now);
  } else if (auto* bye = std::get_if<Bye>(&message)) {
    end(std::move(bye->reason));
  } else if (std::holds_alternative<Ping>(message)) {
    return;
  } else if (auto* batch = std::get_if<Batch>(&message); batch != nullptr && welcomed_) {
    on_batch(std::move(*batch), now);
  } else {
    refuse("what was sent is not what an agent says at this point", now);
  }
}

void Receiver::on_hello(Hello hello, base::Instant now) {
  if (hello_) {
    refuse("hello was said twice", now);
  } else if (hello.oldest_protocol > kProtocol) {
    refuse("the agent speaks version " + std::to_string(hello.protocol) + " of the protocol, this hub up to " +
               std::to_string(kProtocol) + ": update the hub",
           now);
  } else if (hello.protocol < kOldestProtocol) {
    refuse("the agent speaks version " + std::to_string(hello.protocol) + " of the protocol, this hub from " +
               std::to_string(kOldestProtocol) + " on: update the agent",
           now);
  } else {
    hello_ = std::move(hello);
  }
}

void Receiver::on_batch(Batch batch, base::Instant now) {
  if (batch.header.agent != hello_->agent.id) {
    refuse("a batch is of another agent", now);
    return;
  }
  const auto& lane = durable_.lane(batch.header.epoch, batch.header.lane);
  if (durable_.lanes.size() > kMaxAckLanes) {
    refuse("the agent has too many epochs", now);
  } else if (lane.contains(batch.header.first, batch.header.last)) {
    ack({batch}, now);
  } else {
    batches_.push_back(std::move(batch));
  }
}

void Receiver::tick(base::Instant now) {
  if (over()) return;
  if (liveness_.is_lost(now)) {
    end(base::UntrustedText("nothing was heard of the agent in time"));
  } else if (liveness_.is_ping_due(now)) {
    send(Ping{}, now);
  }
}

void Receiver::welcome(AckState durable, const record::Plan& plan, base::Instant now) {
  durable_ = std::move(durable);
  welcomed_ = true;
  const std::uint32_t protocol = std::min(kProtocol, hello_->protocol);
  send(Welcome{protocol, base::UntrustedText(version_, kMaxNameBytes), durable_, plan.version}, now);
  send(plan, now);
}

void Receiver::refuse(std::string_view reason, base::Instant now) {
  send(Refused{base::UntrustedText(reason, kMaxReasonBytes)}, now);
  end(base::UntrustedText(reason, kMaxReasonBytes));
}

void Receiver::say_bye(std::string_view reason, base::Instant now) {
  send(Bye{base::UntrustedText(reason, kMaxReasonBytes)}, now);
  end(base::UntrustedText(reason, kMaxReasonBytes));
}

void Receiver::push_plan(const record::Plan& plan, base::Instant now) {
  if (welcomed_ && !over()) send(plan, now);
}

std::vector<Batch> Receiver::take_batches() { return std::exchange(batches_, {}); }

void Receiver::stored(const std::vector<Batch>& batches, AckState durable, base::Instant now) {
  durable_ = std::move(durable);
  ack(batches, now);
}

void Receiver::ack(const std::vector<Batch>& batches, base::Instant now) {
  // The prefix of each lane, and the ranges that these batches are in: a lane may have more ranges than one ack names.
  Ack ack;
  for (const Batch& batch : batches) {
    const codec::BatchHeader& header = batch.header;
    base::RangeSet& said = ack.acks.lane(header.epoch, header.lane);
    const base::RangeSet& known = durable_.lane(header.epoch, header.lane);
    if (known.prefix() > 0) said.insert(1, known.prefix());
    for (const auto& range : known.ranges()) {
      if (range.first <= header.last && range.last >= header.first) said.insert(range.first, range.last);
    }
  }
  send(std::move(ack), now);
}

}  // namespace holter::uplink
