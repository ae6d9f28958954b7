#include "heartbeat/session_index.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <new>
#include <utility>

#include "base/assert.h"

namespace holter::heartbeat {
namespace {

// calloc: pages that nobody touches stay unmapped.
SessionIndex::Row* free_places(std::size_t count) {
  auto* places = static_cast<SessionIndex::Row*>(std::calloc(count, sizeof(SessionIndex::Row)));
  if (places == nullptr) throw std::bad_alloc();
  return places;
}

std::size_t pool_bytes(std::string_view name) { return std::max<std::size_t>(name.size(), 1); }

}  // namespace

void SessionIndex::Release::operator()(Row* places) const { std::free(places); }

SessionIndex::SessionIndex(std::size_t limit, base::HashKey key, std::function<Name(Row)> name_of)
    : mask_(std::bit_ceil(std::max<std::size_t>(limit, 1) * 2) - 1),
      key_(key),
      name_of_(std::move(name_of)),
      places_(free_places(mask_ + 1)) {}

std::optional<SessionIndex::Row> SessionIndex::find(Name name) const {
  const Row place = places_[place_of(name)];
  if (place == kFree) return std::nullopt;
  return place - 1;
}

const char* SessionIndex::add(Name name, Row row) {
  const std::size_t place = place_of(name);
  HOLTER_ASSERT(places_[place] == kFree);
  places_[place] = row + 1;
  auto* bytes = static_cast<char*>(pool_.allocate(pool_bytes(name.text), 1));
  std::ranges::copy(name.text, bytes);
  return bytes;
}

// The gap is closed by what follows, so that no search ends too early (Knuth's algorithm R).
void SessionIndex::remove(Name name) {
  std::size_t gap = place_of(name);
  HOLTER_ASSERT(places_[gap] != kFree);
  places_[gap] = kFree;
  for (std::size_t next = (gap + 1) & mask_; places_[next] != kFree; next = (next + 1) & mask_) {
    const std::size_t wanted = home(name_of_(places_[next] - 1));
    if (((next - wanted) & mask_) < ((next - gap) & mask_)) continue;
    places_[gap] = std::exchange(places_[next], kFree);
    gap = next;
  }
  pool_.deallocate(const_cast<char*>(name.text.data()), pool_bytes(name.text), 1);
}

void SessionIndex::renumber(Name name, Row row) {
  const std::size_t place = place_of(name);
  HOLTER_ASSERT(places_[place] != kFree);
  places_[place] = row + 1;
}

std::size_t SessionIndex::home(Name name) const {
  return (base::keyed_hash(key_, name.text) ^ static_cast<std::size_t>(name.authentication)) & mask_;
}

std::size_t SessionIndex::place_of(Name name) const {
  std::size_t place = home(name);
  while (places_[place] != kFree && name_of_(places_[place] - 1) != name) place = (place + 1) & mask_;
  return place;
}

}  // namespace holter::heartbeat
