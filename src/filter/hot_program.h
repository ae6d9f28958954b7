// A program over nothing but the flat Packet: instructions that load a few bytes of it and compare. matches() cannot
// fail, allocates nothing and calls nothing virtual. Constant when made; any thread.
#pragma once

#include <bit>
#include <cstring>

#include "filter/assemble.h"
#include "filter/live_field.h"

namespace holter::filter {

// A number is eight bytes of the packet, shifted and masked, so that no load asks for its width. The last members are
// reached by loading from further ahead and shifting more.
struct PacketNumber {
  std::uint16_t offset = 0;
  std::uint8_t shift = 0;
  std::uint64_t mask = 0;

  std::uint64_t of(const wire::Packet& packet) const {
    std::uint64_t value = 0;
    std::memcpy(&value, reinterpret_cast<const char*>(&packet) + offset, sizeof(value));
    return value >> shift & mask;
  }
};

struct HotInstruction : Jump {
  enum class Test : std::uint8_t { range, ranges, macs, address, addresses };

  std::uint64_t guard = ~std::uint64_t{0};
  Test test = Test::range;
  bool negated = false;
  bool has_b = false;
  std::uint32_t list = 0;  // of number lists or address sets
  std::uint64_t low = 0;   // range: from here ..
  std::uint64_t span = 0;  // .. so many further
  PacketNumber a;
  PacketNumber b;
  Slot slot_a;
  Slot slot_b;

  bool in_range(std::uint64_t value) const { return value - low <= span; }
};

class HotProgram {
 public:
  // Every condition of `checked` is about a field with Place::packet, and there is at least one.
  explicit HotProgram(const Checked& checked);

  bool matches(const wire::Packet& packet) const {
    std::uint16_t at = 0;
    do {
      const HotInstruction& instruction = code_[at];
      at = holds(instruction, packet) ? instruction.if_true : instruction.if_false;
    } while (at < kReject);
    return at == kAccept;
  }

 private:
  HotInstruction instruction_of(const Condition& condition);
  // A range of numbers, which most conditions are, without a call.
  bool holds(const HotInstruction& i, const wire::Packet& packet) const {
    if (i.guard != 0 && (packet.protocols & i.guard) == 0) return false;
    if (i.test != HotInstruction::Test::range) return holds_other(i, packet);
    return (i.in_range(i.a.of(packet)) || (i.has_b && i.in_range(i.b.of(packet)))) != i.negated;
  }
  bool holds_other(const HotInstruction& i, const wire::Packet& packet) const;
  bool in_one_range(const HotInstruction& i, const wire::Packet& packet) const;
  bool in_any_range(const HotInstruction& i, const wire::Packet& packet) const;
  template <bool is_v6>
  bool in_set(const HotInstruction& i, const wire::Packet& packet, const Slot& slot) const;

  std::vector<HotInstruction> code_;
  std::vector<std::vector<NumberRange>> number_lists_;
  std::vector<AddressSet> address_sets_;
};

}  // namespace holter::filter
