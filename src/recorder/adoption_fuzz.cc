// Hostile recorder files: the header as it should be, then blocks made of the fuzzer's bytes. What is adopted is frozen
// and recorded into.
#include <cstring>
#include <vector>

#include "base/assert.h"
#include "recorder/freeze.h"
#include "recorder/writer.h"

namespace {

using namespace holter;

constexpr std::size_t kCopied = 64;  // words of each block that the input says

recorder::Layout small_layout() {
  recorder::Layout layout;
  layout.blocks = {3, 2, 2};
  layout.snaplen = 128;
  return layout;
}

void fill(std::vector<std::uint64_t>& words, base::Bytes input) {
  for (std::size_t block = 0; block < 7 && !input.empty(); ++block) {
    const std::size_t header = std::min<std::size_t>(input.size(), 8 * 8);
    std::uint64_t* const at = &words[recorder::kHeaderWords + block * recorder::kBlockWords];
    std::memcpy(at, input.data(), header);
    input = input.subspan(header);
    const std::size_t data = std::min<std::size_t>(input.size(), kCopied * 8);
    std::memcpy(at + recorder::kDataAt, input.data(), data);
    input = input.subspan(data);
    // A state that may be right gets the fuzzer to the frames.
    if ((at[0] & 1) == 0) at[0] = recorder::state_of(block + 1, (at[0] >> 8) % (kCopied * 8) / 8 * 8);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto layout = small_layout();
  const auto horizon = base::Duration::seconds(60);
  const auto now = base::PacketTime::from_nanoseconds(1'700'000'000'000'000'000);
  static std::vector<std::uint64_t> words;
  words.assign(layout.words(), 0);
  (void)recorder::Ring::make(words, layout, horizon, now);
  fill(words, {data, size});
  recorder::Adopted adopted;
  const auto ring = recorder::Ring::adopt(words, layout, horizon, now, adopted);
  HOLTER_ASSERT(ring);
  recorder::Writer writer(*ring);
  writer.begin_source("eth0", wire::LinkType::ethernet, now);
  const base::Bytes bytes(data, std::min<std::size_t>(size, 200));
  const wire::Packet packet = wire::decode(bytes, 200, wire::LinkType::ethernet);
  writer.record({now, bytes, 200}, packet);
  recorder::FreezeWish wish{{}, base::PacketTime(), base::PacketTime::max()};
  if (size % 2 == 1) wish.hosts.push_back(packet.source_address());
  recorder::Freeze freeze(std::move(wish));
  base::ByteWriter out;
  freeze.begin(out, "fuzz", "");
  freeze.collect({&*ring, 1}, now);
  while (freeze.write(base::PacketTime::max(), out)) out.clear();
  freeze.end(out);
  for (const auto share : recorder::kShares) (void)ring->figures(share, now);
  return 0;
}
