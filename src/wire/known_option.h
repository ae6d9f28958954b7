// KnownOption is a row of a table of options of one protocol: its number, its name, how long its value may be, and what
// lists that value. An option that is in no row, or of another length than its row says, is shown by its bytes. Pure.
#pragma once

#include <algorithm>
#include <span>
#include <string_view>

#include "wire/field_list.h"
#include "wire/limits.h"
#include "wire/window.h"

namespace holter::wire {

struct KnownOption {
  std::uint8_t kind = 0;
  std::string_view name;
  std::size_t least = 0;  // bytes of the value
  std::size_t most = 0;
  void (*list)(Bytes value, FieldList& out) = nullptr;  // null: there is nothing to say
};

inline const KnownOption* find_option(std::span<const KnownOption> known, std::uint8_t kind) {
  const auto row = std::ranges::find(known, kind, &KnownOption::kind);
  return row == known.end() ? nullptr : &*row;
}

inline void list_bytes(FieldList& out, const FieldInfo& field, Bytes value) {
  out.data(field, value.first(std::min(value.size(), kMaxListedBytes)));
}

// The value of an option, by its row (null: none) or as bytes.
inline void list_value(const KnownOption* row, Bytes value, const FieldInfo& bytes, FieldList& out) {
  if (row == nullptr || value.size() < row->least || value.size() > row->most) {
    list_bytes(out, bytes, value);
  } else if (row->list != nullptr) {
    row->list(value, out);
  }
}

}  // namespace holter::wire
