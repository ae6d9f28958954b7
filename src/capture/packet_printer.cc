#include "capture/packet_printer.h"

#include "describe/byte_dump.h"
#include "describe/packet_columns.h"
#include "describe/packet_line.h"

namespace holter::capture {

void PacketPrinter::show(const describe::SeenFrame& frame) {
  switch (wish_.form) {
    case PrintForm::json: json_.append(text_, frame); break;
    case PrintForm::columns: append_columns(text_, frame, wish_.columns); break;
    case PrintForm::words: text_.append(packet_line(frame)); break;
  }
  text_.append("\n");
  if (wish_.bytes) describe::append_byte_dump(text_, frame.captured);
}

void PacketPrinter::take(const ReadPackets& one) {
  const wire::CapturedFrame& frame = one.frames.front();
  const describe::FrameFacts facts{frame.number, frame.captured_at, one.interface, frame.linktype};
  show({frame.bytes, one.packets.front(), *one.fields, facts});
}

base::Result<void> PacketPrinter::flush() {
  const std::string_view text = text_.text();
  auto written = output_.write_all(base::Bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
  text_.clear();
  return written;
}

}  // namespace holter::capture
