#include "wire/application/stream_prefix.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace holter::wire {
namespace {

constexpr base::Duration kMaxSilence = base::Duration::seconds(300);
constexpr std::uint8_t kSyn = 0x02, kRst = 0x04;

// No secret: who makes ports collide drives out four directions, and that is counted.
std::uint64_t mix(std::uint64_t hash, std::uint64_t value) {
  hash = (hash ^ value) * 0x9e3779b97f4a7c15;
  return hash ^ hash >> 29;
}

std::uint64_t load_u64(const std::array<std::uint8_t, 16>& bytes, std::size_t at) {
  return static_cast<std::uint64_t>(load_u32(bytes, at)) << 32 | load_u32(bytes, at + 4);
}

bool begins_answer(Bytes bytes) {
  constexpr std::string_view kVersion = "HTTP/1.";
  return bytes.size() >= kVersion.size() && std::equal(kVersion.begin(), kVersion.end(), bytes.begin());
}

}  // namespace

StreamPrefixes::StreamPrefixes() : streams_(kSets * kWays) {}

StreamPrefixes::Stream& StreamPrefixes::stream_of(const Key& key, base::PacketTime at) {
  std::uint64_t hash = mix(key.ports, key.tunnel_ends);
  for (const auto* address : {&key.source, &key.destination}) {
    hash = mix(mix(hash, load_u64(*address, 0)), load_u64(*address, 8));
  }
  const auto set = streams_.begin() + static_cast<std::ptrdiff_t>(hash % kSets * kWays);
  auto oldest = set;
  for (auto stream = set; stream != set + kWays; ++stream) {
    if (stream->used && stream->key == key) {
      if (at - stream->last > kMaxSilence) forget(*stream);
      stream->used = true;
      stream->last = at;
      return *stream;
    }
    if (oldest->used && (!stream->used || stream->last < oldest->last)) oldest = stream;
  }
  if (oldest->used) ++counts_.evicted;
  forget(*oldest);
  oldest->key = key;
  oldest->used = true;
  oldest->last = at;
  return *oldest;
}

void StreamPrefixes::forget(Stream& stream) {
  if (stream.seen != 0) ++counts_.given_up;
  bytes_ -= stream.held.size();
  for (const Early& early : stream.early) bytes_ -= early.bytes.size();
  const Key key = stream.key;
  stream = Stream();
  stream.key = key;
}

void StreamPrefixes::give_up(Stream& stream) {
  if (stream.seen != 0) ++counts_.given_up;
  bytes_ -= stream.held.size();
  stream.held.clear();
  stream.seen = stream.whole = stream.keep = 0;
  stream.kind = StreamKind::none;
}

Bytes StreamPrefixes::show(std::vector<std::uint8_t>&& bytes) {
  bytes_ -= bytes.size();
  return shown_.emplace_back(std::exchange(bytes, {}));
}

std::size_t StreamPrefixes::hold(Stream& stream, Bytes bytes, std::size_t most) {
  const std::size_t limit = std::min(most, kMaxStreamBytes);
  const std::size_t room = std::min(limit - std::min(limit, stream.held.size()), kMaxStreamsBytes - bytes_);
  const Bytes part = bytes.first(std::min(bytes.size(), room));
  stream.held.insert(stream.held.end(), part.begin(), part.end());
  bytes_ += part.size();
  return part.size();
}

void StreamPrefixes::take(Stream& stream, Segment& segment, Window window) {
  const bool known = stream.kind != StreamKind::none;
  if (!known) stream.kind = kind_of_stream(window.captured, segment.packet);
  if (stream.kind == StreamKind::none) {
    if (may_become_stream(window.captured, segment.packet)) {
      stream.seen = hold(stream, window.captured, kMaxStreamBytes);
    }
    return;
  }
  const Taken taken = take_messages(stream.kind, {window, segment.packet, segment.steps, segment.out}, stream.memory);
  if (known && taken.lost && taken.done == 0) {
    // Another protocol goes on, such as TLS behind a CONNECT.
    stream.kind = StreamKind::none;
    stream.memory = {};
    return take(stream, segment, window);
  }
  if (taken.done > window.claimed) stream.skip = taken.done - window.claimed;
  if (taken.lost) stream.kind = StreamKind::none;
  if (taken.lost || taken.done >= window.claimed || window.claimed == kEndless) return;
  const Bytes rest = window.captured.subspan(std::min(taken.done, window.captured.size()));
  stream.seen = window.claimed - taken.done;
  stream.whole = taken.whole;
  stream.keep = taken.whole == 0 ? kMaxStreamBytes : taken.keep;
  if (hold(stream, rest, stream.keep) == 0) give_up(stream);
}

void StreamPrefixes::feed_pending(Stream& stream, Segment& segment, Bytes& bytes) {
  if (stream.whole != 0) {
    const Bytes part = bytes.first(std::min(bytes.size(), stream.whole - stream.seen));
    hold(stream, part, stream.keep);
    stream.seen += part.size();
    bytes = bytes.subspan(part.size());
    if (stream.seen < stream.whole) return;
    const std::size_t whole = std::exchange(stream.whole, 0);
    stream.seen = 0;
    return take(stream, segment, {show(std::move(stream.held)), whole});
  }
  const std::size_t held = hold(stream, bytes, kMaxStreamBytes);
  if (held == 0) {
    give_up(stream);
    bytes = {};
    return;
  }
  bytes = bytes.subspan(held);
  stream.seen = 0;
  take(stream, segment, show(std::move(stream.held)));
}

void StreamPrefixes::feed(Stream& stream, Segment& segment, Bytes bytes) {
  // A length that no body followed (an answer to HEAD): the next answer shows it.
  if (stream.skip != 0 && stream.kind == StreamKind::http && begins_answer(bytes)) stream.skip = 0;
  while (!bytes.empty()) {
    if (stream.skip != 0) {
      const auto passed = static_cast<std::size_t>(std::min<std::uint64_t>(stream.skip, bytes.size()));
      stream.skip -= passed;
      bytes = bytes.subspan(passed);
    } else if (stream.seen != 0) {
      feed_pending(stream, segment, bytes);
    } else {
      return take(stream, segment, bytes);
    }
  }
}

void StreamPrefixes::feed_cut(Stream& stream, Segment& segment, Bytes bytes, std::size_t claimed) {
  give_up(stream);
  if (stream.skip >= claimed) {
    stream.skip -= claimed;
    return;
  }
  if (stream.skip != 0) {
    bytes = bytes.subspan(std::min<std::size_t>(static_cast<std::size_t>(stream.skip), bytes.size()));
    stream.skip = 0;
  }
  take(stream, segment, {bytes, kEndless});
}

void StreamPrefixes::wait(Stream& stream, std::uint32_t sequence, Bytes bytes) {
  stream.early.push_back({sequence, {bytes.begin(), bytes.end()}});
  bytes_ += bytes.size();
}

// What is missing will not come, or is not needed.
void StreamPrefixes::jump(Stream& stream, std::uint32_t sequence) {
  const std::uint32_t missing = sequence - stream.next;
  give_up(stream);
  stream.skip -= std::min<std::uint64_t>(stream.skip, missing);
  stream.gap = missing;
  stream.gap_end = sequence;
  stream.next = sequence;
}

void StreamPrefixes::feed_early(Stream& stream, Segment& segment) {
  for (bool fed = true; fed;) {
    const auto early = std::ranges::find_if(
        stream.early, [&](const Early& e) { return static_cast<std::int32_t>(e.sequence - stream.next) <= 0; });
    fed = early != stream.early.end();
    if (!fed) return;
    const std::size_t known = stream.next - early->sequence;
    const Bytes bytes = show(std::move(early->bytes));
    stream.early.erase(early);
    if (known >= bytes.size()) continue;
    stream.next += static_cast<std::uint32_t>(bytes.size() - known);
    feed(stream, segment, bytes.subspan(known));
  }
}

void StreamPrefixes::observe(const Packet& packet, Bytes captured, base::PacketTime at, FieldList& out) {
  shown_.clear();
  if (!packet.has(Protocol::tcp) || packet.end != DecodeEnd::complete || packet.is_fragment()) return;
  const bool opens = (packet.tcp_flags & kSyn) != 0;
  std::size_t claimed = packet.payload_length;
  if (claimed == 0 && !opens && (packet.tcp_flags & kRst) == 0) return;
  const std::uint32_t ports = static_cast<std::uint32_t>(packet.source_port) << 16 | packet.destination_port;
  Stream& stream = stream_of({packet.source, packet.destination, ports, packet.tunnel_ends}, at);
  std::uint32_t sequence = packet.tcp_sequence;
  if ((packet.tcp_flags & kRst) != 0) {
    forget(stream);
    return;
  }
  if (opens) {
    forget(stream);
    stream.used = true;
    stream.last = at;
    stream.next = ++sequence;
  } else if (stream.fresh && stream.next == 0 && stream.early.empty()) {
    stream.next = sequence;
  }
  if (claimed == 0) return;

  Segment segment{packet, out};
  Bytes bytes = packet.payload(captured);
  const bool cut = bytes.size() < claimed;
  const auto ahead = static_cast<std::int32_t>(sequence - stream.next);
  if (ahead < 0) {
    const std::size_t known = stream.next - sequence;
    if (known >= claimed) {
      const std::uint32_t back = stream.gap_end - sequence;
      if (back != 0 && back <= stream.gap) list_application({{bytes, claimed}, packet, segment.steps, out});
      return;
    }
    bytes = bytes.subspan(std::min(known, bytes.size()));
    claimed -= known;
    sequence = stream.next;
  } else if (ahead > 0) {
    const bool needed = stream.seen != 0 || stream.fresh || !stream.early.empty();
    if (needed && !cut && stream.early.size() < kMaxEarlySegments && bytes.size() <= kMaxEarlyBytes &&
        bytes_ + bytes.size() <= kMaxStreamsBytes && static_cast<std::uint32_t>(ahead) <= kMaxStreamBytes) {
      return wait(stream, sequence, bytes);
    }
    jump(stream, sequence);
  }
  stream.fresh = false;
  stream.next = sequence + static_cast<std::uint32_t>(claimed);
  cut ? feed_cut(stream, segment, bytes, claimed) : feed(stream, segment, bytes);
  feed_early(stream, segment);
  if (segment.steps.exhausted()) out.flaw(Anomaly::over_budget);
}

}  // namespace holter::wire
