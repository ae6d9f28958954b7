#include "codec/header.h"

#include <zstd.h>

#include <algorithm>

#include "base/byte_writer.h"
#include "base/crc32c.h"
#include "codec/batch_format.h"

namespace holter::codec {
namespace {

base::Error corrupt(const char* what) { return {base::ErrorKind::corrupt, std::string("a batch ") + what}; }

std::uint32_t checksum(base::Bytes batch) {
  return base::crc32c(batch.subspan(kHeaderBytes), base::crc32c(batch.first(kChecksumAt)));
}

// Empty when packing does not make it smaller.
std::vector<std::uint8_t> packed(base::Bytes raw) {
  std::vector<std::uint8_t> out(ZSTD_compressBound(raw.size()));
  const std::size_t size = ZSTD_compress(out.data(), out.size(), raw.data(), raw.size(), kZstdLevel);
  if (ZSTD_isError(size) != 0 || size >= raw.size()) return {};
  out.resize(size);
  return out;
}

base::Result<void> check_ranges(const BatchHeader& header, std::uint8_t lane, std::uint32_t raw_size) {
  if (header.type >= record::kTypeCount) {
    return base::Error{base::ErrorKind::newer_version, "a batch holds records of type " + std::to_string(header.type) +
                                                           ", which this holter does not know"};
  }
  if (lane >= record::kLaneCount) return corrupt("names a lane that does not exist");
  if (header.count == 0) return corrupt("is empty");
  if (header.count > kMaxBatchRecords) return base::Error{base::ErrorKind::too_large, "a batch holds too many records"};
  if (header.first == 0 || header.last < header.first || header.last - header.first < header.count - 1) {
    return corrupt("has numbers that do not fit its count");
  }
  if (raw_size > kMaxDecodedBytes) return base::Error{base::ErrorKind::too_large, "a batch unpacks to too many bytes"};
  return {};
}

}  // namespace

std::vector<std::uint8_t> seal(const BatchHeader& header, base::Bytes raw) {
  const std::vector<std::uint8_t> body = packed(raw);
  base::ByteWriter out;
  out.bytes(kBatchMagic);
  out.u8(kBatchVersion);
  out.u8(static_cast<std::uint8_t>(header.type));
  out.u8(static_cast<std::uint8_t>(header.lane));
  out.u8(static_cast<std::uint8_t>(body.empty() ? Packing::stored : Packing::zstd));
  out.bytes(header.agent.bytes);
  out.u32_le(header.epoch);
  out.u32_le(header.count);
  out.u64_le(header.first);
  out.u64_le(header.last);
  out.u32_le(static_cast<std::uint32_t>(raw.size()));
  out.u32_le(0);
  out.bytes(body.empty() ? raw : base::Bytes(body));
  out.patch_u32_le(kChecksumAt, checksum(out.view()));
  return out.take();
}

base::Result<BatchHeader> read_batch_header(base::Bytes bytes) {
  if (bytes.size() > kMaxBatchBytes) return base::Error{base::ErrorKind::too_large, "a batch is larger than the limit"};
  if (bytes.size() < kHeaderBytes) return corrupt("is shorter than its header");
  base::ByteReader reader(bytes);
  if (!std::ranges::equal(reader.bytes(kBatchMagic.size()), kBatchMagic))
    return corrupt("does not begin with its mark");
  if (const unsigned version = reader.u8(); version != kBatchVersion) {
    return base::Error{version > kBatchVersion ? base::ErrorKind::newer_version : base::ErrorKind::corrupt,
                       "a batch is of format version " + std::to_string(version) + ", this holter reads " +
                           std::to_string(kBatchVersion)};
  }
  base::ByteReader tail(bytes.subspan(kChecksumAt));
  if (tail.u32_le() != checksum(bytes)) return corrupt("does not match its checksum");
  BatchHeader header;
  header.type = reader.u8();
  const std::uint8_t lane = reader.u8();
  reader.skip(1);
  std::ranges::copy(reader.bytes(header.agent.bytes.size()), header.agent.bytes.begin());
  header.epoch = reader.u32_le();
  header.count = reader.u32_le();
  header.first = reader.u64_le();
  header.last = reader.u64_le();
  const std::uint32_t raw_size = reader.u32_le();
  if (auto good = check_ranges(header, lane, raw_size); !good) return good.error();
  header.lane = static_cast<record::Lane>(lane);
  return header;
}

base::Result<std::vector<std::uint8_t>> unpack(base::Bytes batch) {
  const base::Bytes body = batch.subspan(kHeaderBytes);
  base::ByteReader sizes(batch.subspan(kRawSizeAt));
  const std::uint32_t raw_size = sizes.u32_le();
  const auto packing = static_cast<Packing>(batch[7]);
  if (packing == Packing::stored) {
    if (body.size() != raw_size) return corrupt("has a body of another size than it says");
    return std::vector<std::uint8_t>(body.begin(), body.end());
  }
  if (packing != Packing::zstd) return corrupt("is packed in a way that does not exist");
  if (ZSTD_getFrameContentSize(body.data(), body.size()) != raw_size)
    return corrupt("unpacks to another size than it says");
  std::vector<std::uint8_t> raw(raw_size);
  const std::size_t size = ZSTD_decompress(raw.data(), raw.size(), body.data(), body.size());
  if (ZSTD_isError(size) != 0 || size != raw_size) return corrupt("cannot be unpacked");
  return raw;
}

}  // namespace holter::codec
