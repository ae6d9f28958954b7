// Messages <-> the bytes of a stream: length, type, payload (docs/formats/uplink.md). FrameReader takes bytes as they
// come and gives whole messages; it holds at most one frame's bytes and checks the length before it waits for them.
#pragma once

#include <optional>
#include <vector>

#include "base/byte_reader.h"
#include "base/result.h"
#include "uplink/messages.h"

namespace holter::uplink {

std::vector<std::uint8_t> encode(const Message& message);

class FrameReader {
 public:
  void feed(base::Bytes bytes);
  // The next whole message; nothing when more bytes are needed. After an error the stream is of no use.
  base::Result<std::optional<Message>> next();

 private:
  std::vector<std::uint8_t> buffer_;
  std::size_t used_ = 0;
};

}  // namespace holter::uplink
