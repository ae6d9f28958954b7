#include "filter/packet_filter.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <vector>

#include "filter/assemble.h"
#include "filter/packet_fields.h"
#include "filter/parser.h"

namespace holter::filter {
namespace {

using wire::Packet;
using wire::Protocol;

constexpr std::size_t kLoadBytes = sizeof(std::uint64_t);
static_assert(sizeof(Packet) >= kLoadBytes);

std::uint64_t eight_bytes(const Packet& packet, std::size_t offset) {
  std::uint64_t value = 0;
  std::memcpy(&value, reinterpret_cast<const char*>(&packet) + offset, kLoadBytes);
  return value;
}

std::uint64_t big_endian_eight(const Packet& packet, std::size_t offset) {
  return __builtin_bswap64(eight_bytes(packet, offset));
}

// A number is eight bytes of the packet, shifted and masked, so that no load asks for its width. The last members are
// reached by loading from further ahead and shifting more.
struct Number {
  std::uint16_t offset = 0;
  std::uint8_t shift = 0;
  std::uint64_t mask = 0;

  std::uint64_t of(const Packet& packet) const { return eight_bytes(packet, offset) >> shift & mask; }
};

Number number_at(const Slot& slot) {
  Number out;
  out.offset = static_cast<std::uint16_t>(std::min<std::size_t>(slot.offset, sizeof(Packet) - kLoadBytes));
  out.shift = static_cast<std::uint8_t>((slot.offset - out.offset) * 8 + slot.shift);
  const unsigned bits = slot.bytes * 8U;
  out.mask = (bits >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1) >> slot.shift & slot.mask;
  return out;
}

// In network order at the same place.
std::uint64_t mac_at(const Packet& packet, const Slot& slot) { return big_endian_eight(packet, slot.offset) >> 16; }

enum class Test : std::uint8_t { range, ranges, macs, address, addresses };

struct Instruction : Jump {
  std::uint64_t guard = ~std::uint64_t{0};
  Test test = Test::range;
  bool negated = false;
  bool has_b = false;
  std::uint32_t list = 0;  // of number_lists_ or address_sets_
  std::uint64_t low = 0;   // range: from here ..
  std::uint64_t span = 0;  // .. so many further
  Number a;
  Number b;
  Slot slot_a;
  Slot slot_b;
};

}  // namespace

class PacketProgram {
 public:
  PacketProgram(std::string text, const Checked& checked) : text_(std::move(text)) {
    const auto make = [this](const Condition& condition) { return instruction_of(condition); };
    code_ = Assembler<Instruction, decltype(make)>(make).assemble(checked);
  }

  const std::string& text() const { return text_; }

  bool matches(const Packet& packet) const {
    std::uint16_t at = 0;
    do {
      const Instruction& instruction = code_[at];
      at = holds(instruction, packet) ? instruction.if_true : instruction.if_false;
    } while (at < kReject);
    return at == kAccept;
  }

 private:
  Instruction instruction_of(const Condition& condition);

  bool holds(const Instruction& i, const Packet& packet) const {
    if (i.guard != 0 && (packet.protocols & i.guard) == 0) return false;
    switch (i.test) {
      case Test::range: return (in_range(i, i.a.of(packet)) || (i.has_b && in_range(i, i.b.of(packet)))) != i.negated;
      case Test::ranges: {
        const auto& list = number_lists_[i.list];
        return (contains(list, i.a.of(packet)) || (i.has_b && contains(list, i.b.of(packet)))) != i.negated;
      }
      case Test::macs: {
        const auto& list = number_lists_[i.list];
        return (contains(list, mac_at(packet, i.slot_a)) || (i.has_b && contains(list, mac_at(packet, i.slot_b)))) !=
               i.negated;
      }
      case Test::address: return address_holds<true>(i, packet) != i.negated;
      case Test::addresses: return address_holds<false>(i, packet) != i.negated;
    }
    return false;
  }

  static bool in_range(const Instruction& i, std::uint64_t value) { return value - i.low <= i.span; }

  // `one`: a single range of IPv4, which `low` and `span` hold.
  template <bool one>
  bool address_holds(const Instruction& i, const Packet& packet) const {
    if (packet.has(Protocol::ipv6)) {
      if constexpr (one) return false;
      return in_set<true>(i, packet, i.slot_a) || (i.has_b && in_set<true>(i, packet, i.slot_b));
    }
    if constexpr (one) {
      return in_range(i, v4_at(packet, i.slot_a)) || (i.has_b && in_range(i, v4_at(packet, i.slot_b)));
    }
    return in_set<false>(i, packet, i.slot_a) || (i.has_b && in_set<false>(i, packet, i.slot_b));
  }

  static std::uint64_t v4_at(const Packet& packet, const Slot& slot) {
    return big_endian_eight(packet, slot.offset) >> 32;
  }

  template <bool is_v6>
  bool in_set(const Instruction& i, const Packet& packet, const Slot& slot) const {
    Wide address{0, v4_at(packet, slot)};
    if constexpr (is_v6) {
      address = {big_endian_eight(packet, slot.offset), big_endian_eight(packet, slot.offset + kLoadBytes)};
    }
    return address_sets_[i.list].contains(is_v6, address);
  }

  std::string text_;
  std::vector<Instruction> code_;
  std::vector<std::vector<NumberRange>> number_lists_;
  std::vector<AddressSet> address_sets_;
};

namespace {

const PacketLoad& load_of_field(std::size_t field) {
  const std::string_view name = fields(Subject::packets)[field].name;
  return std::ranges::find(packet_fields(), name, [](const PacketField& row) { return row.info.name; })->live;
}

}  // namespace

Instruction PacketProgram::instruction_of(const Condition& condition) {
  const PacketLoad& load = load_of_field(condition.field);
  Instruction out;
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
    out.test = one ? Test::address : Test::addresses;
    if (one) use_range(set.v4[0].low.low, set.v4[0].high.low);
    out.list = static_cast<std::uint32_t>(address_sets_.size());
    if (!one) address_sets_.push_back(set);
    return out;
  }
  const bool is_mac = fields(Subject::packets)[condition.field].type == Type::mac;
  out.test = is_mac ? Test::macs : condition.numbers.size() == 1 ? Test::range : Test::ranges;
  if (out.test == Test::range) {
    use_range(condition.numbers[0].low, condition.numbers[0].high);
    return out;
  }
  out.list = static_cast<std::uint32_t>(number_lists_.size());
  number_lists_.push_back(condition.numbers);
  return out;
}

Compiled<PacketFilter> PacketFilter::compile(std::string_view text) {
  const auto expression = parse(Subject::packets, text);
  if (!expression) return expression.error();
  const auto checked = check(Subject::packets, *expression);
  if (!checked) return checked.error();
  return PacketFilter(std::make_shared<const PacketProgram>(std::string(text), *checked));
}

bool PacketFilter::matches(const wire::Packet& packet) const { return program_->matches(packet); }
const std::string& PacketFilter::text() const { return program_->text(); }

std::optional<std::string> packet_filter_mistake(std::string_view text) {
  const auto filter = PacketFilter::compile(text);
  if (filter) return std::nullopt;
  return explain_mistake(text, filter.error());
}

}  // namespace holter::filter
