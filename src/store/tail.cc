#include "store/tail.h"

#include <algorithm>

namespace holter::store {

void Tail::added(const Row& row) { streams_[row.stream].count += row.count; }

void Tail::removed(const Row& row) {
  const auto found = streams_.find(row.stream);
  if (found == streams_.end()) return;
  found->second.count -= std::min(found->second.count, row.count);
  if (found->second.count == 0) streams_.erase(found);
}

std::set<Stream> Tail::due(base::WallTime now, std::size_t count, base::Duration age) {
  std::set<Stream> due;
  for (auto& [stream, waiting] : streams_) {
    if (!waiting.since || *waiting.since > now) waiting.since = now;
    if (waiting.count >= count || now - *waiting.since >= age) due.insert(stream);
  }
  return due;
}

}  // namespace holter::store
