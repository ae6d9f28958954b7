// Any text: what is read as the list of names must be written and read again as the same.
#include "base/assert.h"
#include "heartbeat/client_key.h"
#include "heartbeat/key_names.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace holter::heartbeat;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto names = KeyNames::parse(text)) {
    const auto again = KeyNames::parse(names->text());
    HOLTER_ASSERT(again && *again == *names);
  }
  if (const auto key = parse_key(text, "db1")) HOLTER_ASSERT(parse_key(key_text(*key, "db1"), "db1").value() == *key);
  return 0;
}
