// The fields that the flat Packet has, and where they stand in it.
#pragma once

#include <cstddef>

#include "filter/field.h"
#include "wire/packet.h"

namespace holter::filter {

// Where a number stands in a wire::Packet: `bytes` of memory at `offset`, in host order (a MAC and addresses: in
// network order), of which `shift` and `mask` leave the wanted bits.
struct Slot {
  std::uint16_t offset = 0;
  std::uint8_t bytes = 0;  // 0: nowhere
  std::uint8_t shift = 0;
  std::uint64_t mask = ~std::uint64_t{0};
};

// A packet has the field when it has one of the protocols in `guard`, or when that is 0.
struct PacketLoad {
  std::uint64_t guard = 0;
  Slot a = {};
  Slot b = {};  // the other side, if there is one
};

struct PacketField {
  FieldInfo info;
  PacketLoad load = {};
};

std::span<const PacketField> packet_fields();

// Whether a packet has one of the protocols in `bits`.
PacketLoad has_any_of(std::uint64_t bits);

constexpr std::uint64_t bit_of(wire::Protocol protocol) { return std::uint64_t{1} << static_cast<unsigned>(protocol); }

}  // namespace holter::filter
