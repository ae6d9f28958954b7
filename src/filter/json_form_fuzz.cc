// libFuzzer: any text as a filter in JSON. What is read is printed as text and read again as the same.
#include "filter/json_form.h"
#include "filter/limits.h"
#include "filter/packet_filter.h"
#include "filter/parser.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace holter;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto subject : {filter::Subject::packets, filter::Subject::sessions}) {
    const auto expression = filter::parse_json(subject, text);
    if (!expression) {
      (void)filter::explain_mistake(text, expression.error());
      continue;
    }
    const std::string printed = filter::print(*expression);
    if (printed.size() > filter::kMaxExpressionBytes) continue;
    const auto again = filter::parse(printed);
    if (!again || *again != *expression) __builtin_trap();
  }
  (void)filter::packet_filter_mistake(text);
  return 0;
}
