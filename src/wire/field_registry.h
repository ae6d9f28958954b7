// Every field that a full decode may list, by name: what --fields takes, what filters on rare fields ask, and what
// docs/fields.md shows. One table in field_registry.cc; a new protocol is a row there. Constants; any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "wire/field.h"
#include "wire/packet.h"

namespace holter::wire {

struct LayerFields {
  Protocol layer = Protocol::frame;
  std::span<const FieldInfo> fields;
  std::string_view meaning;  // what the layer is
};

// In the order of the documents.
std::span<const LayerFields> all_fields();

// A field of one layer. Two layers may share their FieldInfo (ICMP and ICMPv6 do), so both are needed.
struct FieldOfLayer {
  Protocol layer = Protocol::frame;
  const FieldInfo* field = nullptr;  // null: the layer itself

  friend bool operator==(const FieldOfLayer&, const FieldOfLayer&) = default;
};

// By "tcp.window" or "tcp"; a null field of Protocol::frame when there is none.
struct FoundField {
  bool found = false;
  FieldOfLayer what;
};
FoundField find_field(std::string_view full_name);

std::string full_name(const FieldOfLayer& field);

}  // namespace holter::wire
