// What is known of a frame beside its bytes, and how it is listed: the fields of the layer `frame`, which no decoder
// knows. Value type.
#pragma once

#include <optional>

#include "base/time.h"
#include "base/untrusted_text.h"
#include "wire/field_list.h"

namespace holter::describe {

struct FrameFacts {
  std::uint64_t number = 0;  // from 1, in its file or since the capture began
  std::optional<base::PacketTime> captured_at;
  base::UntrustedText interface;  // empty when not known
  std::uint32_t linktype = 0;
};

// One frame as it is shown. The FieldList is of the same frame; it may be null where only words are wanted.
struct SeenFrame {
  base::Bytes captured;
  const wire::Packet& packet;
  const wire::FieldList& fields;
  const FrameFacts& facts;

  std::uint32_t anomalies() const { return packet.anomalies | fields.anomalies(); }
};

}  // namespace holter::describe
