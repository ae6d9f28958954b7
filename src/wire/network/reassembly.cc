#include "wire/network/reassembly.h"

#include <algorithm>

namespace holter::wire {

// Sorted, they must leave no gap; they may overlap.
bool Reassembler::Datagram::is_whole() const {
  if (!length || header.empty()) return false;
  std::size_t given = 0;
  for (const Range& range : ranges) given += range.end - range.begin;
  if (given < *length) return false;
  std::vector<Range> sorted = ranges;
  std::ranges::sort(sorted, {}, &Range::begin);
  std::size_t reached = 0;
  for (const Range& range : sorted) {
    if (range.begin > reached) return false;
    reached = std::max(reached, range.end);
  }
  return reached == *length;
}

void Reassembler::forget(Datagrams::iterator datagram) {
  bytes_ -= datagram->memory();
  by_key_.erase(datagram->key);
  datagrams_.erase(datagram);
}

void Reassembler::expire(base::PacketTime now) {
  while (!datagrams_.empty() && now - datagrams_.front().first_seen > kMaxFragmentAge) {
    ++counters_.expired;
    forget(datagrams_.begin());
  }
}

Reassembler::Datagrams::iterator Reassembler::datagram_of(const FragmentKey& key, base::PacketTime at) {
  if (const auto known = by_key_.find(key); known != by_key_.end()) return known->second;
  if (datagrams_.size() == kMaxDatagrams) {
    ++counters_.gave_way;
    forget(datagrams_.begin());
  }
  Datagram fresh;
  fresh.key = key;
  fresh.first_seen = at;
  datagrams_.push_back(std::move(fresh));
  const auto made = std::prev(datagrams_.end());
  by_key_.emplace(key, made);
  return made;
}

void Reassembler::note_overlap(Datagram& datagram, const Fragment& fragment, Packet& packet) {
  ++counters_.overlaps;
  packet.add(Anomaly::fragment_overlap);
  if (!fragment.key.v6) return;
  bytes_ -= datagram.memory();
  datagram.header = {};
  datagram.payload = {};
  datagram.ranges = {};
  datagram.dropped = true;
}

void Reassembler::take(Datagram& datagram, Fragment& fragment, Packet& packet) {
  const auto ends = datagram.length.value_or(kLargestDatagram);
  const bool past_the_end = fragment.end() > ends ||
                            (fragment.last && fragment.end() != datagram.length.value_or(fragment.end())) ||
                            (fragment.last && fragment.end() < datagram.payload.size());
  if (past_the_end || datagram.ranges.size() == kMaxFragments) {
    ++counters_.beyond_limit;
    return;
  }
  const auto same_bytes = [&](const Range& range) {
    return range.begin == fragment.begin && range.end == fragment.end() &&
           std::ranges::equal(fragment.payload,
                              Bytes(datagram.payload).subspan(fragment.begin, fragment.payload.size()));
  };
  if (std::ranges::any_of(datagram.ranges, same_bytes)) {
    ++counters_.duplicates;
    return;
  }
  const auto overlaps = [&](const Range& range) { return range.begin < fragment.end() && fragment.begin < range.end; };
  if (std::ranges::any_of(datagram.ranges, overlaps)) note_overlap(datagram, fragment, packet);
  if (datagram.dropped) return;

  bytes_ -= datagram.memory();
  datagram.payload.resize(std::max(datagram.payload.size(), fragment.end()));
  std::ranges::copy(fragment.payload, datagram.payload.begin() + static_cast<std::ptrdiff_t>(fragment.begin));
  datagram.ranges.push_back({fragment.begin, fragment.end()});
  if (fragment.begin == 0) datagram.header = std::move(fragment.header);
  if (fragment.last) datagram.length = fragment.end();
  bytes_ += datagram.memory();
}

std::optional<Bytes> Reassembler::finish(Datagrams::iterator datagram) {
  whole_ = datagram->header;
  const bool fits = finish_header(whole_, datagram->key.v6, *datagram->length);
  whole_.insert(whole_.end(), datagram->payload.begin(), datagram->payload.end());
  forget(datagram);
  ++(fits ? counters_.whole : counters_.beyond_limit);
  return fits ? std::optional<Bytes>(whole_) : std::nullopt;
}

std::optional<Bytes> Reassembler::add(Packet& packet, Bytes captured, base::PacketTime at) {
  if (!packet.is_ip() || !packet.is_fragment()) return std::nullopt;
  ++counters_.fragments;
  expire(at);
  auto fragment = read_fragment(packet, captured);
  if (!fragment) {
    ++counters_.unusable;
    return std::nullopt;
  }
  const auto datagram = datagram_of(fragment->key, at);
  if (!datagram->dropped) take(*datagram, *fragment, packet);
  if (datagram->is_whole()) return finish(datagram);
  while (bytes_ > kMaxFragmentBytes) {
    ++counters_.gave_way;
    forget(datagrams_.begin());
  }
  return std::nullopt;
}

}  // namespace holter::wire
