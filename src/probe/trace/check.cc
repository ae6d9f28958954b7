#include "probe/trace/check.h"

namespace holter::probe {

void TraceCheck::doubt() {
  doubts_ = true;
  finished_ = true;
}

// The target until it has answered; only a path that reached it is looked at.
std::optional<PathMemory::Place> TraceCheck::place_to_look_at(base::Instant now) {
  const auto& places = memory_.places();
  if (!target_rtt_) {
    const auto last = static_cast<std::uint8_t>(memory_.path().hops.size());
    return PathMemory::Place{last, 0, target_};
  }
  for (std::size_t tried = 0; tried < places.size(); ++tried) {
    const auto& place = places[memory_.cursor++ % places.size()];
    if (place.router != target_ && pace_.ready(place.router, now)) return place;
  }
  return std::nullopt;
}

std::optional<TraceAsk> TraceCheck::next(base::Instant now) {
  if (finished_ || now < next_look_) return std::nullopt;
  if (!asked_.empty() && !target_rtt_ && ++target_open_ >= kTries) {
    doubt();
    return std::nullopt;
  }
  // The last answer has had its second, too.
  if (asked_.size() >= looks_ && target_rtt_) {
    finished_ = true;
    return std::nullopt;
  }
  next_look_ = now + kEvery;
  const auto place = place_to_look_at(now);
  if (!place) {
    finished_ = true;
    return std::nullopt;
  }
  asked_.push_back(*place);
  return TraceAsk{static_cast<std::uint32_t>(asked_.size() - 1), place->ttl, place->flow};
}

void TraceCheck::on_answer(const TraceAnswer& answer, base::Instant) {
  if (answer.number >= asked_.size() || finished_) return;
  pace_.answered(answer.from);
  const bool is_target = answer.kind == TraceAnswer::Kind::target;
  if (is_target && !target_rtt_) target_rtt_ = answer.rtt;
  if (answer.from != asked_[answer.number].router) doubt();
}

}  // namespace holter::probe
