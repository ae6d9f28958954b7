// Any path, rid and create, each behind a NUL: what is taken holds only what its type says.
#include "base/assert.h"
#include "heartbeat/ping_request.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace holter::heartbeat;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t first = std::min(text.find('\0'), text.size());
  const std::size_t second = std::min(text.find('\0', first + 1), text.size());
  std::optional<std::string_view> rid;
  std::optional<std::string_view> create;
  if (first < text.size()) rid = text.substr(first + 1, second - first - 1);
  if (second < text.size()) create = text.substr(second + 1);
  const auto request = parse_ping(text.substr(0, first), rid, create);
  if (!request) return 0;
  HOLTER_ASSERT(request->uuid.has_value() != is_slug(request->slug));
  HOLTER_ASSERT(request->ping_key.empty() || request->ping_key.size() == kPingKeyBytes);
  HOLTER_ASSERT(request->run.empty() || to_string(*parse_uuid(request->run)) == request->run);
  HOLTER_ASSERT(!(request->succeeds() && request->fails()));
  return 0;
}
