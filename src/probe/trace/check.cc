#include "probe/trace/check.h"

namespace holter::probe {

void TraceCheck::doubt() {
  doubts_ = true;
  finished_ = true;
}

// Where it was reached it is expected, and else it may be anywhere.
PathMemory::Place TraceCheck::target_place() const {
  const auto hops = static_cast<std::uint8_t>(memory_.path().hops.size());
  return {target_was_reached() ? hops : options_.max_hops, 0, target_};
}

std::optional<PathMemory::Place> TraceCheck::place_to_look_at(base::Instant now) {
  if (looks_ == 1 || awaits_target()) return target_place();
  const auto& places = memory_.places();
  for (std::size_t tried = 0; tried < places.size(); ++tried) {
    const auto& place = places[memory_.cursor++ % places.size()];
    if (place.router != target_ && pace_.ready(place.router, now)) return place;
  }
  return std::nullopt;
}

std::optional<TraceAsk> TraceCheck::next(base::Instant now) {
  if (finished_ || now < next_look_) return std::nullopt;
  if (looks_ >= kTries && awaits_target()) {
    doubt();
    return std::nullopt;
  }
  // The last answer has had its second, too.
  if (looks_ >= options_.looks && !awaits_target()) {
    finished_ = true;
    return std::nullopt;
  }
  next_look_ = now + kEvery;
  ++looks_;
  const auto place = place_to_look_at(now);
  if (!place) return std::nullopt;
  asked_.push_back(*place);
  return TraceAsk{static_cast<std::uint32_t>(asked_.size() - 1), place->ttl, place->flow};
}

void TraceCheck::on_answer(const TraceAnswer& answer, base::Instant) {
  if (answer.number >= asked_.size() || finished_) return;
  pace_.answered(answer.from);
  const PathMemory::Place& place = asked_[answer.number];
  const bool is_target = answer.kind == TraceAnswer::Kind::target;
  if (is_target && !target_rtt_) target_rtt_ = answer.rtt;
  const bool was_sought = place.router == target_ && !target_was_reached();
  const bool other = was_sought ? is_target : answer.from != place.router;
  if (other) return doubt();
  finished_ = options_.looks == 0 && is_target;
}

}  // namespace holter::probe
