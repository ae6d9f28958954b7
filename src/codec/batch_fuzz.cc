// Hostile batches: the bytes as they are, and once more with version and checksum made right so that the fuzzer gets
// past them. What decodes must encode and decode to the same.
#include <algorithm>
#include <vector>

#include "base/assert.h"
#include "base/crc32c.h"
#include "codec/batch.h"
#include "codec/batch_format.h"

namespace {

using namespace holter;

void decode(base::Bytes bytes) {
  const auto records = codec::decode_batch(bytes);
  if (!records || codec::fitting(*records) != records->size()) return;
  const auto again = codec::decode_batch(codec::encode_batch(*records));
  HOLTER_ASSERT(again && *again == *records);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  decode({data, size});
  if (size < codec::kHeaderBytes) return 0;
  std::vector<std::uint8_t> mended(data, data + size);
  std::ranges::copy(codec::kBatchMagic, mended.begin());
  mended[4] = codec::kBatchVersion;
  const std::uint32_t front = base::crc32c(base::Bytes(mended).first(codec::kChecksumAt));
  const std::uint32_t whole = base::crc32c(base::Bytes(mended).subspan(codec::kHeaderBytes), front);
  for (unsigned i = 0; i < 4; ++i) mended[codec::kChecksumAt + i] = static_cast<std::uint8_t>(whole >> (8 * i));
  decode(mended);
  return 0;
}
