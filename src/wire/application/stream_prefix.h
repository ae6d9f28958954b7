// StreamPrefixes puts messages together that TCP cut into segments: a ClientHello over two, an HTTP head over three, a
// DNS answer. It sees the segments of a capture in the order in which they were taken, keeps what is not whole yet of
// each direction, in the order of sequence numbers (overlaps and what is sent again count once, what comes early
// waits), and lists a message with the segment that completes it. Of a message that is not read to its end, such as
// encrypted data, only the first bytes are kept and the rest is counted. What begins behind the end of a TLS record in
// which something is missing does not wait for it; the record is listed when the rest of it comes after all.
//
// Frames are decoded with DecodeWish::segments false, and then observed with the same list of fields. Fields may point
// into what is kept: they are good until the next observe().
//
// Limits: 16,384 directions in sets of four, of which the one that is silent longest makes room; 18 KiB kept of a
// message (what is longer is listed by its beginning), 8 early segments, 16 MiB in all; a direction that is silent for
// five minutes of packet time begins anew. What is given up is counted. Results depend on the packets alone. One
// thread.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/time.h"
#include "wire/application/application.h"

namespace holter::wire {

inline constexpr std::size_t kMaxStreamBytes = 18 * 1'024 + 16;  // a whole TLS record is the longest of interest
inline constexpr std::size_t kMaxEarlySegments = 8;
inline constexpr std::size_t kMaxEarlyBytes = 16 * 1'024;
inline constexpr std::size_t kMaxStreamsBytes = 16 * 1'024 * 1'024;

struct StreamCounts {
  std::uint64_t evicted = 0;   // directions that made room for others
  std::uint64_t given_up = 0;  // messages that were never whole: a gap, or no room
};

class StreamPrefixes {
 public:
  StreamPrefixes();

  // A packet as decode() gave it, with the bytes it was decoded from.
  void observe(const Packet& packet, Bytes captured, base::PacketTime at, FieldList& out);
  const StreamCounts& counts() const { return counts_; }

 private:
  static constexpr std::size_t kSets = 4'096;
  static constexpr std::size_t kWays = 4;

  struct Key {
    std::array<std::uint8_t, 16> source{};
    std::array<std::uint8_t, 16> destination{};
    std::uint32_t ports = 0;
    std::uint32_t tunnel_ends = 0;

    friend bool operator==(const Key&, const Key&) = default;
  };
  struct Early {
    std::uint32_t sequence = 0;
    std::vector<std::uint8_t> bytes;
  };
  // A record that the gap began in, until the rest of it comes late.
  struct Unfinished {
    std::uint32_t next = 0;  // sequence number that is expected
    std::size_t seen = 0;    // 0: there is none
    std::size_t whole = 0;
    std::size_t keep = 0;
    std::vector<std::uint8_t> held;
  };
  // Of a direction in which something is going on. Most never say anything that is known here: they have none.
  struct Messages {
    StreamKind kind = StreamKind::none;
    StreamMemory memory;
    std::uint32_t gap = 0;  // so many bytes never came, up to `gap_end`
    std::uint32_t gap_end = 0;
    std::uint64_t skip = 0;  // bytes of a body to be passed over
    std::size_t seen = 0;    // of the message that is not whole; 0: there is none
    std::size_t whole = 0;   // its length, once known
    std::size_t keep = 0;
    std::vector<std::uint8_t> held;  // its first bytes
    Unfinished left;
    std::vector<Early> early;
  };
  // A cache line: there are more of them than fit a near cache.
  struct alignas(64) Stream {
    Key key;
    base::PacketTime last;
    std::unique_ptr<Messages> messages;
    std::uint32_t next = 0;  // sequence number that is expected
    bool used = false;
    bool fresh = true;  // nothing was seen of it but its SYN
  };
  static_assert(sizeof(Stream) == 64);
  struct Segment {
    const Packet& packet;
    FieldList& out;
    Steps steps{};
  };

  Stream& stream_of(const Key& key, base::PacketTime at);
  void forget(Stream& stream);
  static Messages& messages_of(Stream& stream);
  void give_up(Messages& messages);
  void forget_left(Messages& messages);
  static std::size_t waiting(const Stream& stream);                 // early segments
  static bool is_awaited(const Stream& stream);                     // by those of them that are ahead
  bool has_room(const Messages& messages, std::size_t size) const;  // for an early segment
  bool must_wait(const Stream& stream, std::uint32_t ahead, std::size_t size) const;

  // Bytes that come exactly next.
  void feed(Messages& messages, Segment& segment, Bytes bytes);
  void feed_pending(Messages& messages, Segment& segment, Bytes& bytes);
  // A segment that the capture cut.
  void feed_cut(Messages& messages, Segment& segment, Bytes bytes, std::size_t claimed);
  void take(Messages& messages, Segment& segment, Window window);
  void wait(Messages& messages, std::uint32_t sequence, Bytes bytes);
  void jump(Messages& messages, std::uint32_t from, std::uint32_t to);
  std::optional<std::size_t> leave(Stream& stream, const Packet& packet, std::uint32_t sequence, Bytes bytes);
  void feed_late(Messages& messages, Segment& segment, std::uint32_t sequence, Window window);
  void feed_left(Messages& messages, Segment& segment, std::uint32_t sequence, Bytes bytes);
  void feed_early(Messages& messages, Segment& segment, std::uint32_t& next);
  std::size_t hold(std::vector<std::uint8_t>& held, Bytes bytes, std::size_t most);
  Bytes show(std::vector<std::uint8_t>&& bytes);

  std::vector<Stream> streams_;
  std::vector<std::vector<std::uint8_t>> shown_;  // what the fields of the last packet point into
  std::size_t bytes_ = 0;                         // held and early, of all
  StreamCounts counts_;
};

}  // namespace holter::wire
