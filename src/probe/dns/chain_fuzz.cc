// Whatever a resolver says: nothing is proved by it without the anchors' keys, and the proof ends.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/assert.h"
#include "probe/dns/chain.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace holter::probe;
  const holter::base::Bytes bytes(data, size);
  // The first byte says where the first message ends; what is behind it answers every further question.
  const std::size_t split = size == 0 ? 0 : std::min<std::size_t>(size, 1 + data[0] * 4U);
  const auto answer = bytes.first(split).subspan(std::min<std::size_t>(split, 1));
  const auto now = holter::base::WallTime::from_nanoseconds(1'800'000'000'000'000'000);
  DnsChain chain(dns_root_anchors(), {"www.example.org", DnsType::a}, answer, now);
  int asked = 0;
  while (const auto wanted = chain.wanted()) {
    HOLTER_ASSERT(++asked <= 64);
    chain.take(*wanted, bytes.subspan(split));
  }
  HOLTER_ASSERT(chain.proof().security != DnsSecurity::secure);
  return 0;
}
