// Reassembler puts the fragments of IPv4 (RFC 791, 3.2) and IPv6 (RFC 8200, 4.5) datagrams together again. Given every
// decoded packet, it answers with the whole datagram when the last missing fragment came: a network header that tells
// of the whole (lengths, flags and IPv4's checksum made anew, the fragment header taken out) and the payload, to be
// decoded as bare IP. Of fragments that give the same bytes differently the later one counts for IPv4, as RFC 791 says;
// an IPv6 datagram is dropped then, with all that still comes of it (RFC 5722). The very same fragment again is no
// overlap.
//
// Limits below: without room the oldest datagram is given up. Age is of packet time, which may jump. All is counted.
// One thread.
#pragma once

#include <list>
#include <unordered_map>

#include "base/time.h"
#include "wire/network/fragment.h"

namespace holter::wire {

inline constexpr std::size_t kMaxDatagrams = 1'024;                             // put together at once
inline constexpr std::size_t kMaxFragmentBytes = 8 * 1024 * 1024;               // of all of them
inline constexpr std::size_t kMaxFragments = 1'024;                             // of one
inline constexpr base::Duration kMaxFragmentAge = base::Duration::seconds(60);  // since the first (RFC 8200, 4.5)

class Reassembler {
 public:
  struct Counters {
    std::uint64_t fragments = 0;     // that were given
    std::uint64_t whole = 0;         // datagrams that became whole
    std::uint64_t duplicates = 0;    // the very same fragment again
    std::uint64_t overlaps = 0;      // fragments that gave bytes again
    std::uint64_t unusable = 0;      // fragments that were not captured whole, or whose lengths cannot be right
    std::uint64_t beyond_limit = 0;  // fragments past the end of any or of their datagram, or one too many
    std::uint64_t gave_way = 0;      // datagrams given up for room
    std::uint64_t expired = 0;       // datagrams given up for age
  };

  // `captured` is what `packet` was decoded from, which gets Anomaly::fragment_overlap when it overlaps. The datagram
  // stays until the next call.
  std::optional<Bytes> add(Packet& packet, Bytes captured, base::PacketTime at);

  const Counters& counters() const { return counters_; }
  std::size_t waiting() const { return datagrams_.size(); }
  std::size_t bytes() const { return bytes_; }

 private:
  struct Range {
    std::size_t begin = 0;
    std::size_t end = 0;
  };
  struct Datagram {
    FragmentKey key;
    base::PacketTime first_seen;
    std::vector<std::uint8_t> header;  // empty until the fragment at 0 came
    std::vector<std::uint8_t> payload;
    std::vector<Range> ranges;          // of the fragments, as they came
    std::optional<std::size_t> length;  // of the payload, once the last fragment came
    bool dropped = false;               // an IPv6 datagram that overlapped

    std::size_t memory() const { return header.size() + payload.size() + ranges.size() * sizeof(Range); }
    bool is_whole() const;
  };
  using Datagrams = std::list<Datagram>;  // the oldest first

  void expire(base::PacketTime now);
  Datagrams::iterator datagram_of(const FragmentKey& key, base::PacketTime at);
  void take(Datagram& datagram, Fragment& fragment, Packet& packet);
  void note_overlap(Datagram& datagram, const Fragment& fragment, Packet& packet);
  std::optional<Bytes> finish(Datagrams::iterator datagram);
  void forget(Datagrams::iterator datagram);

  Datagrams datagrams_;
  std::unordered_map<FragmentKey, Datagrams::iterator, FragmentKeyHash> by_key_;
  std::size_t bytes_ = 0;
  std::vector<std::uint8_t> whole_;
  Counters counters_;
};

}  // namespace holter::wire
