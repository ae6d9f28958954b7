// What IGMPv3 (RFC 3376) and MLDv2 (RFC 3810) have in common: numbers in the form of a small float, lists of sources,
// and group records of a type, a group and its sources; only the length of an address differs. Pure.
#pragma once

#include <cstdint>

#include "wire/field_list.h"
#include "wire/steps.h"
#include "wire/window.h"

namespace holter::wire {

// Up to 127 as they are; else 4 bits of mantissa and 3 of exponent (RFC 3376, 4.1.1 and 4.1.7; RFC 3810, 5.1.9).
constexpr std::uint32_t small_float8(std::uint8_t code) {
  return code < 0x80 ? code : ((code & 0x0fU) | 0x10U) << ((code >> 4 & 7U) + 3);
}
// Up to 32,767 as they are; else 12 bits of mantissa and 3 of exponent (RFC 3810, 5.1.3).
constexpr std::uint32_t small_float16(std::uint16_t code) {
  return code < 0x8000 ? code : ((code & 0x0fffU) | 0x1000U) << ((code >> 12 & 7U) + 3);
}

struct GroupRecordFields {
  const FieldInfo& record;
  const FieldInfo& type;
  const FieldInfo& aux_length;
  const FieldInfo& group;
  const FieldInfo& source_count;
  const FieldInfo& source;
};

// Addresses of `size` bytes, each with a step. Whether there were as many as `count` says, as far as was captured.
bool list_sources(Window list, std::size_t count, std::size_t size, const FieldInfo& field, Steps& steps,
                  FieldList& out);
bool list_group_records(Window list, std::size_t count, std::size_t size, const GroupRecordFields& fields, Steps& steps,
                        FieldList& out);

}  // namespace holter::wire
