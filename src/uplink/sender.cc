#include "uplink/sender.h"

#include <algorithm>

namespace holter::uplink {

Sender::Sender(SenderOptions options, Hello hello, base::Instant now)
    : options_(options), liveness_(options.liveness, now) {
  send(std::move(hello), now);
}

void Sender::send(Message message, base::Instant now) {
  messages_.push_back(std::move(message));
  liveness_.sent(now);
}

void Sender::end(base::UntrustedText reason) {
  if (!over()) reason_ = reason.empty() ? base::UntrustedText("no reason given") : std::move(reason);
}

void Sender::durable(const codec::Tails& tails) {
  if (!started_) {
    started_ = true;
    live_ = tails;
    drain_end_ = tails;
  }
  tails_ = tails;
}

void Sender::receive(Message message, base::Instant now) {
  if (over()) return;
  liveness_.heard(now);
  const bool greets = std::holds_alternative<Welcome>(message) || std::holds_alternative<Refused>(message) ||
                      std::holds_alternative<Bye>(message) || std::holds_alternative<Ping>(message);
  if (!accepted() && !greets) {
    end("the hub spoke before it said welcome");
    return;
  }
  std::visit([this](auto&& part) { on(std::move(part)); }, std::move(message));
}

void Sender::on(Welcome&& welcome) {
  if (accepted()) {
    end("the hub said welcome twice");
    return;
  }
  if (welcome.protocol < kOldestProtocol || welcome.protocol > kProtocol) {
    refused_ = true;
    end("the hub wants to speak version " + std::to_string(welcome.protocol) +
        " of the protocol, this agent speaks up to " + std::to_string(kProtocol) + ": update this agent");
    return;
  }
  acks_.push_back(welcome.acks);
  welcome_ = std::move(welcome);
}

void Sender::on(Refused&& refused) {
  refused_ = true;
  end(std::move(refused.reason));
}

void Sender::on(Bye&& bye) { end(std::move(bye.reason)); }

void Sender::on(Ack&& ack) {
  settle(ack.acks);
  acks_.push_back(std::move(ack.acks));
}

void Sender::settle(const AckState& acks) {
  std::erase_if(in_flight_, [&](const Sent& sent) {
    const auto lane = acks.lanes.find({sent.header.epoch, sent.header.lane});
    if (lane == acks.lanes.end() || !lane->second.contains(sent.header.first, sent.header.last)) return false;
    bytes_in_flight_ -= sent.bytes;
    return true;
  });
}

void Sender::tick(base::Instant now) {
  if (over()) return;
  if (liveness_.is_lost(now)) {
    end("nothing was heard of the hub for " + base::to_string(options_.liveness.lost_after));
  } else if (!in_flight_.empty() && now >= in_flight_.front().at + options_.ack_within) {
    end("the hub did not acknowledge within " + base::to_string(options_.ack_within));
  } else if (liveness_.is_ping_due(now)) {
    send(Ping{}, now);
  }
}

base::Instant Sender::next_deadline() const {
  if (in_flight_.empty()) return liveness_.next_deadline();
  return std::min(liveness_.next_deadline(), in_flight_.front().at + options_.ack_within);
}

std::optional<Fetch> Sender::wants_of(bool live) const {
  const codec::Tails& at = live ? live_ : drain_;
  const codec::Tails& end = live ? tails_ : drain_end_;
  for (std::size_t lane = 0; lane < record::kLaneCount; ++lane) {
    if (at[lane] >= end[lane]) continue;
    return Fetch{static_cast<record::Lane>(lane), live, at[lane], options_.window_bytes - bytes_in_flight_,
                 options_.window_batches - in_flight_.size()};
  }
  return {};
}

std::optional<Fetch> Sender::wants() const {
  if (over() || !started_ || bytes_in_flight_ >= options_.window_bytes ||
      in_flight_.size() >= options_.window_batches) {
    return {};
  }
  const bool drain_turn = turn_ % kLiveShare == kLiveShare - 1;
  auto first = wants_of(!drain_turn);
  return first ? first : wants_of(drain_turn);
}

void Sender::fetched(const Fetch& fetch, std::vector<codec::StoredBatch> batches, base::Instant now) {
  const auto lane = static_cast<std::size_t>(fetch.lane);
  codec::Position& at = fetch.live ? live_[lane] : drain_[lane];
  const codec::Position end = fetch.live ? tails_[lane] : drain_end_[lane];
  ++turn_;
  // Nothing more there: what is missing up to the end was acked or shed in the meantime.
  if (batches.empty()) at = end;
  for (codec::StoredBatch& batch : batches) {
    const codec::Position last{batch.header.epoch, batch.header.last};
    if (!fetch.live && last > end) {
      at = end;  // live data, which has its own turn
      break;
    }
    at = last;
    bytes_in_flight_ += batch.bytes.size();
    in_flight_.push_back({batch.header, batch.bytes.size(), now});
    send(Batch{batch.header, std::move(batch.bytes)}, now);
  }
}

}  // namespace holter::uplink
