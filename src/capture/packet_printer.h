// PacketPrinter shows packets on an output, one a line, in words or as JSON. It gathers lines until flush(), so that
// many packets cost one write. One thread; the output outlives it.
#pragma once

#include "describe/packet_json.h"
#include "env/streams.h"

namespace holter::capture {

enum class PrintForm : std::uint8_t { words, json };

class PacketPrinter {
 public:
  PacketPrinter(env::OutputStream& output, PrintForm form) : output_(output), form_(form) {}

  void show(const describe::SeenFrame& frame);
  // Bytes gathered.
  std::size_t waiting() const { return text_.size(); }
  base::Result<void> flush();

 private:
  env::OutputStream& output_;
  PrintForm form_;
  describe::PacketJson json_;
  describe::TextBuffer text_;
};

}  // namespace holter::capture
