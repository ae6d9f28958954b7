// Whatever a peer calls JSON, and whatever somebody calls a path.
#include "base/assert.h"
#include "probe/http/json_path.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  const auto end = all.find('\n');
  const auto path = holter::probe::parse_json_path(all.substr(0, end));
  if (!path || end == all.npos) return 0;
  const holter::probe::JsonPath paths[] = {*path};
  const auto found = holter::probe::look_up(paths, all.substr(end + 1));
  if (found) HOLTER_ASSERT(found->size() <= holter::probe::kMaxJsonValues);
  return 0;
}
