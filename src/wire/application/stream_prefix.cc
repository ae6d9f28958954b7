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

bool is_before(std::uint32_t sequence, std::uint32_t other) { return static_cast<std::int32_t>(sequence - other) < 0; }

bool may_begin_message(Bytes bytes, const Packet& packet) {
  return kind_of_stream(bytes, packet) != StreamKind::none || may_become_stream(bytes, packet);
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
  if (stream.messages) {
    give_up(*stream.messages);
    forget_left(*stream.messages);
    for (const Early& early : stream.messages->early) bytes_ -= early.bytes.size();
  }
  const Key key = stream.key;
  stream = Stream();
  stream.key = key;
}

StreamPrefixes::Messages& StreamPrefixes::messages_of(Stream& stream) {
  if (!stream.messages) stream.messages = std::make_unique<Messages>();
  return *stream.messages;
}

void StreamPrefixes::give_up(Messages& messages) {
  if (messages.seen != 0) ++counts_.given_up;
  bytes_ -= messages.held.size();
  messages.held.clear();
  messages.seen = messages.whole = messages.keep = 0;
  messages.kind = StreamKind::none;
}

Bytes StreamPrefixes::show(std::vector<std::uint8_t>&& bytes) {
  bytes_ -= bytes.size();
  return shown_.emplace_back(std::exchange(bytes, {}));
}

std::size_t StreamPrefixes::hold(std::vector<std::uint8_t>& held, Bytes bytes, std::size_t most) {
  const std::size_t limit = std::min(most, kMaxStreamBytes);
  const std::size_t room = std::min(limit - std::min(limit, held.size()), kMaxStreamsBytes - bytes_);
  const Bytes part = bytes.first(std::min(bytes.size(), room));
  held.insert(held.end(), part.begin(), part.end());
  bytes_ += part.size();
  return part.size();
}

void StreamPrefixes::take(Messages& messages, Segment& segment, Window window) {
  const bool known = messages.kind != StreamKind::none;
  if (!known) messages.kind = kind_of_stream(window.captured, segment.packet);
  if (messages.kind == StreamKind::none) {
    if (may_become_stream(window.captured, segment.packet)) {
      messages.seen = hold(messages.held, window.captured, kMaxStreamBytes);
    }
    return;
  }
  const Taken taken =
      take_messages(messages.kind, {window, segment.packet, segment.steps, segment.out}, messages.memory);
  if (known && taken.lost && taken.done == 0) {
    // Another protocol goes on, such as TLS behind a CONNECT.
    messages.kind = StreamKind::none;
    messages.memory = {};
    return take(messages, segment, window);
  }
  if (taken.done > window.claimed) messages.skip = taken.done - window.claimed;
  if (taken.lost) messages.kind = StreamKind::none;
  if (taken.lost || taken.done >= window.claimed || window.claimed == kEndless) return;
  const Bytes rest = window.captured.subspan(std::min(taken.done, window.captured.size()));
  messages.seen = window.claimed - taken.done;
  messages.whole = taken.whole;
  messages.keep = taken.whole == 0 ? kMaxStreamBytes : taken.keep;
  if (hold(messages.held, rest, messages.keep) == 0) give_up(messages);
}

void StreamPrefixes::feed_pending(Messages& messages, Segment& segment, Bytes& bytes) {
  if (messages.whole != 0) {
    const Bytes part = bytes.first(std::min(bytes.size(), messages.whole - messages.seen));
    hold(messages.held, part, messages.keep);
    messages.seen += part.size();
    bytes = bytes.subspan(part.size());
    if (messages.seen < messages.whole) return;
    const std::size_t whole = std::exchange(messages.whole, 0);
    messages.seen = 0;
    return take(messages, segment, {show(std::move(messages.held)), whole});
  }
  const std::size_t held = hold(messages.held, bytes, kMaxStreamBytes);
  if (held == 0) {
    give_up(messages);
    bytes = {};
    return;
  }
  bytes = bytes.subspan(held);
  messages.seen = 0;
  take(messages, segment, show(std::move(messages.held)));
}

void StreamPrefixes::feed(Messages& messages, Segment& segment, Bytes bytes) {
  // A length that no body followed (an answer to HEAD): the next answer shows it.
  if (messages.skip != 0 && messages.kind == StreamKind::http && begins_answer(bytes)) messages.skip = 0;
  while (!bytes.empty()) {
    if (messages.skip != 0) {
      const auto passed = static_cast<std::size_t>(std::min<std::uint64_t>(messages.skip, bytes.size()));
      messages.skip -= passed;
      bytes = bytes.subspan(passed);
    } else if (messages.seen != 0) {
      feed_pending(messages, segment, bytes);
    } else {
      return take(messages, segment, bytes);
    }
  }
}

void StreamPrefixes::feed_cut(Messages& messages, Segment& segment, Bytes bytes, std::size_t claimed) {
  give_up(messages);
  if (messages.skip >= claimed) {
    messages.skip -= claimed;
    return;
  }
  if (messages.skip != 0) {
    bytes = bytes.subspan(std::min<std::size_t>(static_cast<std::size_t>(messages.skip), bytes.size()));
    messages.skip = 0;
  }
  take(messages, segment, {bytes, kEndless});
}

void StreamPrefixes::wait(Messages& messages, std::uint32_t sequence, Bytes bytes) {
  messages.early.push_back({sequence, {bytes.begin(), bytes.end()}});
  bytes_ += bytes.size();
}

// What is missing will not come, or is not needed.
void StreamPrefixes::jump(Messages& messages, std::uint32_t from, std::uint32_t to) {
  const std::uint32_t missing = to - from;
  give_up(messages);
  messages.skip -= std::min<std::uint64_t>(messages.skip, missing);
  messages.gap = missing;
  messages.gap_end = to;
}

// How many bytes of an early segment belong to the record in which something is missing, when another begins behind
// them: they wait with that one.
std::optional<std::size_t> StreamPrefixes::leave(Stream& stream, const Packet& packet, std::uint32_t sequence,
                                                 Bytes bytes) {
  if (!stream.messages || stream.messages->kind != StreamKind::tls || stream.messages->whole == 0) return {};
  Messages& messages = *stream.messages;
  const std::size_t missing = messages.whole - messages.seen;
  const std::size_t before = missing - std::min<std::size_t>(missing, sequence - stream.next);
  if (before >= bytes.size() || kind_of_stream(bytes.subspan(before), packet) != StreamKind::tls) return {};
  forget_left(messages);
  messages.left = {stream.next, std::exchange(messages.seen, 0), messages.whole, messages.keep,
                   std::exchange(messages.held, {})};
  if (before != 0 && has_room(messages, before)) wait(messages, sequence, bytes.first(before));
  return before;
}

void StreamPrefixes::forget_left(Messages& messages) {
  if (messages.left.seen != 0) ++counts_.given_up;
  bytes_ -= messages.left.held.size();
  messages.left = {};
}

void StreamPrefixes::feed_early(Messages& messages, Segment& segment, std::uint32_t& next) {
  const auto is_next = [&](const Early& early) {
    const bool of_left = messages.left.seen != 0 && is_before(early.sequence, messages.gap_end);
    return !of_left && !is_before(next, early.sequence);
  };
  for (;;) {
    const auto early = std::ranges::find_if(messages.early, is_next);
    if (early == messages.early.end()) return;
    const std::size_t known = next - early->sequence;
    const Bytes bytes = show(std::move(early->bytes));
    messages.early.erase(early);
    if (known >= bytes.size()) continue;
    next += static_cast<std::uint32_t>(bytes.size() - known);
    feed(messages, segment, bytes.subspan(known));
  }
}

// What is sent again was listed, unless it never came.
void StreamPrefixes::feed_late(Messages& messages, Segment& segment, std::uint32_t sequence, Window window) {
  if (messages.left.seen == 0 || window.captured.size() < window.claimed) {
    const std::uint32_t back = messages.gap_end - sequence;
    if (back == 0 || back > messages.gap) return;
    list_application({window, segment.packet, segment.steps, segment.out});
  } else if (!is_before(messages.left.next, sequence)) {
    feed_left(messages, segment, sequence, window.captured);
  } else if (is_before(sequence, messages.gap_end) && has_room(messages, window.captured.size())) {
    wait(messages, sequence, window.captured);
  }
}

void StreamPrefixes::feed_left(Messages& messages, Segment& segment, std::uint32_t sequence, Bytes bytes) {
  Unfinished& left = messages.left;
  for (;;) {
    bytes = bytes.subspan(std::min<std::size_t>(left.next - sequence, bytes.size()));
    const Bytes part = bytes.first(std::min(bytes.size(), left.whole - left.seen));
    hold(left.held, part, left.keep);
    left.seen += part.size();
    left.next += static_cast<std::uint32_t>(part.size());
    if (left.seen == left.whole) {
      const Window record{show(std::move(left.held)), left.whole};
      const std::uint32_t end = left.next;
      left = {};
      take_messages(StreamKind::tls, {record, segment.packet, segment.steps, segment.out}, messages.memory);
      const Bytes behind = bytes.subspan(part.size());
      const Bytes rest = behind.first(std::min<std::size_t>(behind.size(), messages.gap_end - end));
      return list_application({rest, segment.packet, segment.steps, segment.out});
    }
    const auto next =
        std::ranges::find_if(messages.early, [&](const Early& e) { return !is_before(left.next, e.sequence); });
    if (next == messages.early.end()) return;
    sequence = next->sequence;
    bytes = show(std::move(next->bytes));
    messages.early.erase(next);
  }
}

std::size_t StreamPrefixes::waiting(const Stream& stream) {
  return stream.messages ? stream.messages->early.size() : 0;
}

bool StreamPrefixes::is_awaited(const Stream& stream) {
  return stream.messages && std::ranges::any_of(stream.messages->early, [&](const Early& early) {
           return is_before(stream.next, early.sequence);
         });
}

bool StreamPrefixes::has_room(const Messages& messages, std::size_t size) const {
  return messages.early.size() < kMaxEarlySegments && size <= kMaxEarlyBytes && bytes_ + size <= kMaxStreamsBytes;
}

// A segment that came early is of use once what is missing came.
bool StreamPrefixes::must_wait(const Stream& stream, std::uint32_t ahead, std::size_t size) const {
  const bool needed = stream.fresh || is_awaited(stream) || (stream.messages && stream.messages->seen != 0);
  return needed && ahead <= kMaxStreamBytes &&
         (stream.messages ? has_room(*stream.messages, size) : has_room(Messages(), size));
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
  } else if (stream.fresh && stream.next == 0 && waiting(stream) == 0) {
    stream.next = sequence;
  }
  if (claimed == 0) return;

  Segment segment{packet, out};
  Bytes bytes = packet.payload(captured);
  const bool cut = bytes.size() < claimed;
  const auto ahead = static_cast<std::int32_t>(sequence - stream.next);
  if (ahead < 0) {
    const std::size_t known = stream.next - sequence;
    if (stream.messages && (known >= claimed || stream.messages->left.seen != 0)) {
      feed_late(*stream.messages, segment, sequence, {bytes, claimed});
    }
    if (known >= claimed) return;
    bytes = bytes.subspan(std::min(known, bytes.size()));
    claimed -= known;
    sequence = stream.next;
  } else if (ahead > 0) {
    const std::optional<std::size_t> left = leave(stream, packet, sequence, bytes);
    if (!left && !cut && must_wait(stream, static_cast<std::uint32_t>(ahead), bytes.size())) {
      return wait(messages_of(stream), sequence, bytes);
    }
    bytes = bytes.subspan(left.value_or(0));
    claimed -= left.value_or(0);
    sequence += static_cast<std::uint32_t>(left.value_or(0));
    jump(messages_of(stream), stream.next, sequence);
  }
  stream.fresh = false;
  stream.next = sequence + static_cast<std::uint32_t>(claimed);
  if (!stream.messages && !may_begin_message(bytes, packet)) return;
  Messages& messages = messages_of(stream);
  cut ? feed_cut(messages, segment, bytes, claimed) : feed(messages, segment, bytes);
  feed_early(messages, segment, stream.next);
  if (segment.steps.exhausted()) out.flaw(Anomaly::over_budget);
}

}  // namespace holter::wire
