// Rhythms keeps, beside the rows of a SessionTable, what is learnt of the spacing of adaptive sessions: 32 bytes each,
// in chunks that exist only where there is an adaptive session. One thread.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "base/time.h"
#include "suspicion/silence.h"

namespace holter::heartbeat {

struct Rhythm {
  // A pulse of `beacon` (0: its way tells none apart). The first one, and the first after pause() or of another beacon,
  // has no spacing. A spacing is learnt with the pulse after it: an observer that was late reads what waited for it,
  // and only then finds out that it was late.
  void on_pulse(base::Instant now, std::uint64_t beacon, const suspicion::Pace& pace);
  // Neither the newest spacing nor the next is one: the beacon ended, or nobody listened.
  void pause();

  suspicion::Silence silence;
  std::uint32_t beacon = 0;  // the lower half
  base::Instant last;        // zero: none
  base::Duration newest;     // spacing, not yet learnt; zero: none
};
static_assert(sizeof(Rhythm) == 32);

class Rhythms {
 public:
  using Row = std::uint32_t;

  // Null where nothing was learnt; as long as no row is forgotten it stays in its place.
  const Rhythm* find(Row row) const;
  Rhythm* find(Row row) { return const_cast<Rhythm*>(std::as_const(*this).find(row)); }
  Rhythm& at(Row row);
  void forget(Row row);
  // `to` has what `from` had, which is forgotten.
  void move(Row from, Row to);
  void pause_all();

 private:
  static constexpr std::size_t kChunk = 1'024;
  using Chunk = std::array<Rhythm, kChunk>;

  std::vector<std::unique_ptr<Chunk>> chunks_;
};

}  // namespace holter::heartbeat
