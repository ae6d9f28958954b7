// PacketPrinter shows packets on an output, one a line: in words, as JSON, or as columns of chosen fields, each with
// its bytes below it when they are wanted. It gathers lines until flush(), so that many packets cost one write. One
// thread; the output outlives it.
#pragma once

#include <vector>

#include "capture/packet_sink.h"
#include "describe/packet_json.h"
#include "env/streams.h"
#include "wire/field_registry.h"

namespace holter::capture {

enum class PrintForm : std::uint8_t { words, json, columns };

struct PrintWish {
  PrintForm form = PrintForm::words;
  std::vector<wire::FieldOfLayer> columns = {};  // of PrintForm::columns
  bool bytes = false;                            // hexadecimal, 16 a line
};

class PacketPrinter final : public PacketSink {
 public:
  PacketPrinter(env::OutputStream& output, PrintWish wish) : output_(output), wish_(std::move(wish)) {}

  void show(const describe::SeenFrame& frame);

  bool wants_fields() const override { return true; }
  void take(const ReadPackets& one) override;
  std::size_t waiting() const override { return text_.size(); }
  base::Result<void> flush() override;

 private:
  env::OutputStream& output_;
  PrintWish wish_;
  describe::PacketJson json_;
  describe::TextBuffer text_;
};

}  // namespace holter::capture
