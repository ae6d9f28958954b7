// Any bytes as a configuration: a tree or a mistake, never anything else.
#include <cstdint>
#include <string_view>

#include "config/value.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto parsed = holter::config::parse({reinterpret_cast<const char*>(data), size}, "holter.toml");
  if (const auto* mistake = std::get_if<holter::config::Mistake>(&parsed)) static_cast<void>(to_string(*mistake));
  return 0;
}
