// Whatever a peer sends, in whatever pieces: the parser takes requests or refuses, holds little and never stops.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/assert.h"
#include "http/codec.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t piece = 1 + data[0];
  holter::base::Bytes left(data + 1, size - 1);
  holter::http::RequestParser parser;
  while (!left.empty()) {
    const auto part = left.first(std::min(piece, left.size()));
    left = left.subspan(part.size());
    const bool fed = parser.feed(part).has_value();
    while (const auto request = parser.take()) {
      HOLTER_ASSERT(!request->method.empty() && request->body.size() <= holter::http::kMaxRequestBody);
      HOLTER_ASSERT(request->path.empty() || request->path.front() == '/');
    }
    if (!fed || !parser.ok()) return 0;
  }
  return 0;
}
