#include "spool/chunk.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/crc32c.h"

namespace holter::spool {
namespace {

constexpr std::array<std::uint8_t, 4> kFrameMark{'h', 's', 'p', 'l'};
constexpr std::uint8_t kFrameVersion = 1;
constexpr std::size_t kChecksumAt = 32;
constexpr std::string_view kSuffix = ".chunk";

struct Frame {
  std::uint32_t length = 0;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};

std::optional<Frame> read_frame(base::Bytes at, const ChunkId& id) {
  if (at.size() < kFrameHeaderBytes || !std::ranges::equal(at.first(kFrameMark.size()), kFrameMark)) return {};
  base::ByteReader reader(at.subspan(kFrameMark.size()));
  if (reader.u8() != kFrameVersion || reader.u8() != static_cast<std::uint8_t>(id.lane)) return {};
  reader.skip(2);
  if (reader.u32_le() != id.epoch) return {};
  Frame frame;
  frame.length = reader.u32_le();
  frame.first = reader.u64_le();
  frame.last = reader.u64_le();
  if (reader.u32_le() != base::crc32c(at.first(kChecksumAt))) return {};
  if (frame.length > at.size() - kFrameHeaderBytes) return {};
  return frame;
}

bool is_good(const Frame& frame, base::Bytes batch, const ChunkId& id, const base::AgentId& agent) {
  const auto header = codec::read_batch_header(batch);
  return header && header->agent == agent && header->epoch == id.epoch && header->lane == id.lane &&
         header->first == frame.first && header->last == frame.last;
}

}  // namespace

std::string file_name(const ChunkId& id) {
  return fmt::format("{}-{:08x}-{:016x}{}", static_cast<unsigned>(id.lane), id.epoch, id.number, kSuffix);
}

std::optional<ChunkId> parse_file_name(std::string_view name) {
  constexpr std::size_t kEpochAt = 2;
  constexpr std::size_t kNumberAt = 11;
  constexpr std::size_t kSuffixAt = 27;
  if (name.size() != kSuffixAt + kSuffix.size()) return {};
  ChunkId id;
  const unsigned lane = static_cast<unsigned>(name[0] - '0');
  if (lane >= record::kLaneCount) return {};
  id.lane = static_cast<record::Lane>(lane);
  std::from_chars(name.data() + kEpochAt, name.data() + kNumberAt - 1, id.epoch, 16);
  std::from_chars(name.data() + kNumberAt, name.data() + kSuffixAt, id.number, 16);
  if (file_name(id) != name) return {};
  return id;
}

void put_frame(const codec::BatchHeader& header, base::Bytes batch, base::ByteWriter& to) {
  base::ByteWriter frame;
  frame.bytes(kFrameMark);
  frame.u8(kFrameVersion);
  frame.u8(static_cast<std::uint8_t>(header.lane));
  frame.zeros(2);
  frame.u32_le(header.epoch);
  frame.u32_le(static_cast<std::uint32_t>(batch.size()));
  frame.u64_le(header.first);
  frame.u64_le(header.last);
  frame.u32_le(base::crc32c(frame.view()));
  to.bytes(frame.view());
  to.bytes(batch);
}

Recovered recover(base::Bytes chunk, const ChunkId& id, const base::AgentId& agent) {
  Recovered found;
  std::uint64_t last = 0;
  for (std::size_t at = 0; at < chunk.size();) {
    const auto frame = read_frame(chunk.subspan(at), id);
    if (!frame) {
      ++at;
      continue;
    }
    const std::size_t begin = at + kFrameHeaderBytes;
    at = begin + frame->length;
    if (frame->first <= last || !is_good(*frame, chunk.subspan(begin, frame->length), id, agent)) continue;
    last = frame->last;
    found.entries.push_back({frame->first, frame->last, static_cast<std::uint32_t>(begin), frame->length});
    found.good_bytes = at;
  }
  std::uint64_t used = 0;
  for (const Entry& entry : found.entries) used += kFrameHeaderBytes + entry.length;
  found.damaged_bytes = found.good_bytes - used;
  return found;
}

}  // namespace holter::spool
