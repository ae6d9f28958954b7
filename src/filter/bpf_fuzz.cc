// libFuzzer: up to the first line break an expression of tcpdump, behind it a frame for it. And all of it as a program
// of classic BPF, which runs over itself when it is valid.
#include <cstring>

#include "filter/tcpdump_expression.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace holter;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t end = std::min(text.find('\n'), size);
  const base::Bytes frame(data + end, size - end);
  const auto length = static_cast<std::uint32_t>(frame.size());
  constexpr std::size_t kLongest = 256;  // what libpcap makes of long ones takes long
  if (end <= kLongest) {
    if (const auto expression = filter::TcpdumpExpression::compile(std::string(text.substr(0, end)))) {
      for (int link = 0; link < 5; ++link) {
        (void)expression->matches(static_cast<wire::LinkType>(link), {frame, length, size % 2 == 0, 5, true});
      }
    }
  }
  filter::BpfProgram program(size / sizeof(filter::BpfInstruction));
  if (!program.empty()) std::memcpy(program.data(), data, program.size() * sizeof(filter::BpfInstruction));
  if (filter::is_valid(program)) (void)filter::run(program, {{data, size}, length, size % 2 == 0, 5, false});
  return 0;
}
