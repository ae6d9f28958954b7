#include "probe/held_results.h"

namespace holter::probe {

void HeldResults::accept(record::Record record) {
  auto* const result = std::get_if<record::ProbeResult>(&record);
  if (result == nullptr) return under_.accept(std::move(record));
  auto passed = packets_.hold(std::move(*result), env_.clock.now());
  if (passed) return under_.accept(std::move(*passed));
  if (packets_.next_deadline() < awake_) changed_.notify();
}

void HeldResults::see(const record::ProbeSightings& sightings) {
  packets_.see(sightings, env_.clock.now());
  release(env_.clock.now());
}

env::Task<void> HeldResults::run() {
  for (;;) {
    release(env_.clock.now());
    awake_ = packets_.next_deadline().value_or(base::Instant::max());
    co_await changed_.wait_until(env_.clock, awake_);
  }
}

void HeldResults::release(base::Instant now) {
  for (auto& result : packets_.take(now)) under_.accept(std::move(result));
}

}  // namespace holter::probe
