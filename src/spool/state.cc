#include "spool/state.h"

#include <algorithm>
#include <array>

#include "base/byte_writer.h"
#include "base/crc32c.h"

namespace holter::spool {
namespace {

constexpr std::array<std::uint8_t, 4> kStateMark{'h', 's', 'p', 's'};
constexpr std::uint8_t kStateVersion = 1;
constexpr std::size_t kChecksumBytes = 4;

base::Error corrupt() { return {base::ErrorKind::corrupt, "the spool's state file is damaged"}; }

bool read_ranges(base::ByteReader& reader, base::RangeSet& ranges) {
  const std::uint64_t count = reader.varint();
  if (count > kMaxSettledRanges) return false;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t first = reader.varint();
    const std::uint64_t more = reader.varint();
    if (reader.failed() || first + more < first || !ranges.insert(first, first + more)) return false;
  }
  return true;
}

}  // namespace

std::string encode_state(const State& state) {
  base::ByteWriter out;
  out.bytes(kStateMark);
  out.u8(kStateVersion);
  out.bytes(state.agent.bytes);
  out.u32_le(state.epoch);
  out.varint(state.settled.size());
  for (const auto& [key, ranges] : state.settled) {
    out.u32_le(key.first);
    out.u8(static_cast<std::uint8_t>(key.second));
    out.varint(ranges.ranges().size());
    for (const auto& range : ranges.ranges()) {
      out.varint(range.first);
      out.varint(range.last - range.first);
    }
  }
  out.u32_le(base::crc32c(out.view()));
  return {out.view().begin(), out.view().end()};
}

base::Result<State> decode_state(std::string_view text) {
  const base::Bytes bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
  if (bytes.size() < kStateMark.size() + 1 + kChecksumBytes) return corrupt();
  if (!std::ranges::equal(bytes.first(kStateMark.size()), kStateMark)) return corrupt();
  if (bytes[kStateMark.size()] > kStateVersion) {
    return base::Error{base::ErrorKind::newer_version, "was written by a later holter (version " +
                                                           std::to_string(bytes[kStateMark.size()]) +
                                                           ", this one knows " + std::to_string(kStateVersion) +
                                                           "): run that one, or use another --data"};
  }
  const base::Bytes body = bytes.first(bytes.size() - kChecksumBytes);
  base::ByteReader tail(bytes.subspan(body.size()));
  if (tail.u32_le() != base::crc32c(body)) return corrupt();
  base::ByteReader reader(body.subspan(kStateMark.size() + 1));
  State state;
  const base::Bytes agent = reader.bytes(state.agent.bytes.size());
  if (reader.failed()) return corrupt();
  std::ranges::copy(agent, state.agent.bytes.begin());
  state.epoch = reader.u32_le();
  const std::uint64_t entries = reader.varint();
  if (entries > kMaxEpochs * record::kLaneCount) return corrupt();
  for (std::uint64_t i = 0; i < entries; ++i) {
    const std::uint32_t epoch = reader.u32_le();
    const std::uint8_t lane = reader.u8();
    if (reader.failed() || lane >= record::kLaneCount) return corrupt();
    if (!read_ranges(reader, state.settled_of(epoch, static_cast<record::Lane>(lane)))) return corrupt();
  }
  if (reader.failed() || reader.captured_left() != 0) return corrupt();
  return state;
}

}  // namespace holter::spool
