#include "capture/packet_printer.h"

#include "describe/packet_line.h"

namespace holter::capture {

void PacketPrinter::show(const describe::SeenFrame& frame) {
  if (form_ == PrintForm::json) {
    json_.append(text_, frame);
  } else {
    text_.append(packet_line(frame));
  }
  text_.append("\n");
}

base::Result<void> PacketPrinter::flush() {
  const std::string_view text = text_.text();
  auto written = output_.write_all(base::Bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
  text_.clear();
  return written;
}

}  // namespace holter::capture
