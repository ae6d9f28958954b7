// What the network monitor, whose JSON filters holter takes as they are, called its layers and their attributes, and
// which field that is here. docs/filters.md is made from this table. Constants; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace holter::filter {

struct AncestorName {
  std::string_view layer;      // "TCP"
  std::string_view attribute;  // "Destination_Port", "Flags.SYN"; empty: the layer itself
  // Of packets. Several with commas between them: flags, of which the attribute is the number, its highest bit first.
  // Empty: there is none, and `why` says why.
  std::string_view field;
  std::string_view why = {};
  std::uint64_t scale = 1;  // one of theirs is so many of ours
  std::uint64_t only = 0;   // not 0: the field is true or false, and its truth was this number there
};

// In the order of the ancestor's layers; a layer's own row first.
std::span<const AncestorName> ancestor_names();

const AncestorName* find_ancestor_name(std::string_view layer, std::string_view attribute);

// A value that the ancestor spelt in its own way ("PACKET_OUTGOING"), as holter does.
std::optional<std::string_view> ancestor_value(std::string_view value);

}  // namespace holter::filter
