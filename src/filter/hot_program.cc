#include "filter/hot_program.h"

namespace holter::filter {
namespace {

using wire::Packet;
using wire::Protocol;

constexpr std::size_t kLoadBytes = sizeof(std::uint64_t);
static_assert(sizeof(Packet) >= kLoadBytes);

std::uint64_t big_endian_eight(const Packet& packet, std::size_t offset) {
  std::uint64_t value = 0;
  std::memcpy(&value, reinterpret_cast<const char*>(&packet) + offset, kLoadBytes);
  return __builtin_bswap64(value);
}

PacketNumber number_at(const Slot& slot) {
  PacketNumber out;
  out.offset = static_cast<std::uint16_t>(std::min<std::size_t>(slot.offset, sizeof(Packet) - kLoadBytes));
  out.shift = static_cast<std::uint8_t>((slot.offset - out.offset) * 8 + slot.shift);
  const unsigned bits = slot.bytes * 8U;
  out.mask = (bits >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1) >> slot.shift & slot.mask;
  return out;
}

// In network order at the same place.
std::uint64_t mac_at(const Packet& packet, const Slot& slot) { return big_endian_eight(packet, slot.offset) >> 16; }
std::uint64_t v4_at(const Packet& packet, const Slot& slot) { return big_endian_eight(packet, slot.offset) >> 32; }

}  // namespace

HotProgram::HotProgram(const Checked& checked) {
  const auto make = [this](const Condition& condition) { return instruction_of(condition); };
  code_ = Assembler<HotInstruction, decltype(make)>(make).assemble(checked);
}

bool HotProgram::holds_other(const HotInstruction& i, const Packet& packet) const {
  using enum HotInstruction::Test;
  switch (i.test) {
    case range: break;
    case ranges: {
      const auto& list = number_lists_[i.list];
      return (contains(list, i.a.of(packet)) || (i.has_b && contains(list, i.b.of(packet)))) != i.negated;
    }
    case macs: {
      const auto& list = number_lists_[i.list];
      return (contains(list, mac_at(packet, i.slot_a)) || (i.has_b && contains(list, mac_at(packet, i.slot_b)))) !=
             i.negated;
    }
    case address: return in_one_range(i, packet) != i.negated;
    case addresses: return in_any_range(i, packet) != i.negated;
  }
  return false;
}

// The one range is of IPv4.
bool HotProgram::in_one_range(const HotInstruction& i, const Packet& packet) const {
  if (packet.has(Protocol::ipv6)) return false;
  return i.in_range(v4_at(packet, i.slot_a)) || (i.has_b && i.in_range(v4_at(packet, i.slot_b)));
}

bool HotProgram::in_any_range(const HotInstruction& i, const Packet& packet) const {
  if (packet.has(Protocol::ipv6)) {
    return in_set<true>(i, packet, i.slot_a) || (i.has_b && in_set<true>(i, packet, i.slot_b));
  }
  return in_set<false>(i, packet, i.slot_a) || (i.has_b && in_set<false>(i, packet, i.slot_b));
}

template <bool is_v6>
bool HotProgram::in_set(const HotInstruction& i, const Packet& packet, const Slot& slot) const {
  Wide address{0, v4_at(packet, slot)};
  if constexpr (is_v6) {
    address = {big_endian_eight(packet, slot.offset), big_endian_eight(packet, slot.offset + kLoadBytes)};
  }
  return address_sets_[i.list].contains(is_v6, address);
}

HotInstruction HotProgram::instruction_of(const Condition& condition) {
  const LiveField& field = live_fields()[condition.field];
  const PacketLoad& load = field.load;
  HotInstruction out;
  out.guard = load.guard;
  out.negated = condition.negated;
  out.has_b = load.b.bytes != 0;
  out.slot_a = load.a;
  out.slot_b = load.b;
  out.a = number_at(load.a);
  out.b = number_at(load.b);
  const auto use_range = [&out](std::uint64_t low, std::uint64_t high) {
    out.low = low;
    out.span = high - low;
  };
  if (condition.test == Condition::Test::addresses) {
    const AddressSet& set = condition.addresses;
    const bool one = set.v6.empty() && set.v4.size() == 1;
    out.test = one ? HotInstruction::Test::address : HotInstruction::Test::addresses;
    if (one) use_range(set.v4[0].low.low, set.v4[0].high.low);
    out.list = static_cast<std::uint32_t>(address_sets_.size());
    if (!one) address_sets_.push_back(set);
    return out;
  }
  const bool one = condition.numbers.size() == 1;
  out.test = field.info.type == Type::mac ? HotInstruction::Test::macs
             : one                        ? HotInstruction::Test::range
                                          : HotInstruction::Test::ranges;
  if (out.test == HotInstruction::Test::range) {
    use_range(condition.numbers[0].low, condition.numbers[0].high);
    return out;
  }
  out.list = static_cast<std::uint32_t>(number_lists_.size());
  number_lists_.push_back(condition.numbers);
  return out;
}

}  // namespace holter::filter
