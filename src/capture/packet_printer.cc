#include "capture/packet_printer.h"

#include "describe/packet_json.h"

namespace holter::capture {

void PacketPrinter::show(base::Bytes captured, const wire::Packet& packet, const describe::FrameFacts& facts) {
  text_ += form_ == PrintForm::json ? packet_json(captured, packet, facts) : packet_line(captured, packet, facts);
  text_ += '\n';
}

base::Result<void> PacketPrinter::flush() {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text_.data());
  auto written = output_.write_all(base::Bytes(bytes, text_.size()));
  text_.clear();
  return written;
}

}  // namespace holter::capture
