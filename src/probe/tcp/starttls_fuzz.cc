// Whatever a peer says before TLS, in pieces of any size: taken or refused within the limit, and ready only where
// nothing is left over.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/assert.h"
#include "probe/tcp/starttls.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace holter;
  if (size < 2) return 0;
  probe::StartTls talk(static_cast<probe::StartTlsProtocol>(data[0] % 7), "mail.example");
  const std::size_t piece = data[1] + 1U;
  base::Bytes rest(data + 2, size - 2);
  while (!rest.empty() && !talk.ready()) {
    const base::Bytes came = rest.first(std::min(piece, rest.size()));
    rest = rest.subspan(came.size());
    const auto answer = talk.take(came);
    if (!answer) return 0;
    HOLTER_ASSERT(answer->size() < 200);
  }
  HOLTER_ASSERT(talk.greeting().size() <= probe::kMaxStartTlsBytes);
  return 0;
}
