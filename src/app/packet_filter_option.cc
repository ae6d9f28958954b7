#include "app/packet_filter_option.h"

#include "filter/parser.h"

namespace holter::app {

base::Result<std::optional<filter::PacketFilter>> packet_filter_of(const cli::Arguments& arguments) {
  std::string whole;
  for (const char* name : {"FILTER", "--filter"}) {
    if (!arguments.has(name)) continue;
    const std::string text = arguments.text(name);
    if (const auto mistake = filter::packet_filter_mistake(text)) {
      return base::Error{base::ErrorKind::invalid, std::string(name) + ": " + *mistake};
    }
    // Either may be JSON; together they are text.
    const std::string plain = print(*filter::parse(filter::Subject::packets, text));
    whole = whole.empty() ? plain : "(" + whole + ") and (" + plain + ")";
  }
  if (whole.empty()) return std::optional<filter::PacketFilter>();
  auto filter = filter::PacketFilter::compile(whole);
  if (!filter) return base::Error{base::ErrorKind::invalid, explain_mistake(whole, filter.error())};
  return std::optional(std::move(*filter));
}

}  // namespace holter::app
