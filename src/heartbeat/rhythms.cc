#include "heartbeat/rhythms.h"

namespace holter::heartbeat {

void Rhythm::on_pulse(base::Instant now, std::uint64_t of, const suspicion::Pace& pace) {
  const auto who = static_cast<std::uint32_t>(of);
  const base::Duration spacing = now - last;
  if (last == base::Instant() || who != beacon) {
    pause();
  } else if (spacing >= pace.interval / 2) {
    if (newest > base::Duration::zero()) silence.on_spacing(newest, pace);
    newest = spacing;
  }
  beacon = who;
  last = now;
}

void Rhythm::pause() {
  last = base::Instant();
  newest = base::Duration::zero();
}

const Rhythm* Rhythms::find(Row row) const {
  const std::size_t chunk = row / kChunk;
  return chunk < chunks_.size() && chunks_[chunk] != nullptr ? &(*chunks_[chunk])[row % kChunk] : nullptr;
}

Rhythm& Rhythms::at(Row row) {
  const std::size_t chunk = row / kChunk;
  if (chunk >= chunks_.size()) chunks_.resize(chunk + 1);
  if (chunks_[chunk] == nullptr) chunks_[chunk] = std::make_unique<Chunk>();
  return (*chunks_[chunk])[row % kChunk];
}

void Rhythms::forget(Row row) {
  if (Rhythm* rhythm = find(row)) *rhythm = Rhythm();
}

void Rhythms::move(Row from, Row to) {
  const Rhythm* rhythm = find(from);
  if (rhythm == nullptr) return forget(to);
  at(to) = *rhythm;
  forget(from);
}

void Rhythms::pause_all() {
  for (const auto& chunk : chunks_) {
    if (chunk == nullptr) continue;
    for (Rhythm& rhythm : *chunk) rhythm.pause();
  }
}

}  // namespace holter::heartbeat
