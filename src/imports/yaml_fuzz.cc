// Any bytes as YAML: a tree within limits, or an error.
#include <cstdint>

#include "imports/yaml.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static_cast<void>(holter::imports::parse_yaml({reinterpret_cast<const char*>(data), size}));
  return 0;
}
