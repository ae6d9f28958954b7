// libFuzzer: any text as an expression of every subject. What parses is read again from its print; what compiles is
// evaluated on the frame that the same bytes are, and on empty records; what does not has a mistake to draw.
#include "filter/frame_match.h"
#include "filter/kernel_filter.h"
#include "filter/parser.h"
#include "filter/record_filter.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace holter;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto expression = filter::parse(text)) {
    const std::string printed = filter::print(*expression);
    const auto again = filter::parse(printed);
    const bool too_long = !again && printed.size() > 4'096;  // quotes and parentheses that the text did without
    if (!too_long && (!again || *again != *expression)) __builtin_trap();
  }
  const filter::Frame frame{{data, size}, static_cast<std::uint32_t>(size), wire::LinkType::ethernet, {}, "lo", 0, {}};
  if (const auto packets = filter::PacketFilter::compile(text)) {
    (void)filter::FrameMatch(*packets).matches(frame);
    (void)filter::kernel_filter(packets->checked());
  } else {
    (void)filter::explain_mistake(text, packets.error());
  }
  const std::array<record::Record, 5> records = {record::ProbeResult(), record::PulseChange(), record::PulseMessage(),
                                                 record::FlowRecord(), record::PacketRecord()};
  for (std::size_t subject = 0; subject < filter::kSubjectCount; ++subject) {
    const auto compiled = filter::RecordFilter::compile(static_cast<filter::Subject>(subject), text);
    if (!compiled) continue;
    for (const auto& record : records) (void)compiled->matches(record);
  }
  return 0;
}
