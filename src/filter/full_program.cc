#include "filter/full_program.h"

namespace holter::filter {
namespace {

using wire::FieldEntry;
using wire::FieldType;

std::uint64_t number_in(const FieldEntry& entry) {
  switch (entry.field->type) {
    case FieldType::signed_number: return ordered(entry.signed_number());
    case FieldType::decimal: return ordered(entry.decimal());
    case FieldType::mac: {
      std::uint64_t mac = 0;
      for (const std::uint8_t byte : entry.data()) mac = mac << 8 | byte;
      return mac;
    }
    default: return entry.number;
  }
}

Wide wide_in(const FieldEntry& entry) {
  Wide out;
  const auto bytes = entry.data();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (bytes.size() == 16 && i == 8) out.high = std::exchange(out.low, 0);
    out.low = out.low << 8 | bytes[i];
  }
  return out;
}

bool value_holds(const Condition& condition, const FieldEntry& entry) {
  if (entry.mark == FieldEntry::Mark::open) return contains(condition.numbers, 1);
  switch (condition.test) {
    case Condition::Test::numbers: return contains(condition.numbers, number_in(entry));
    case Condition::Test::addresses: return condition.addresses.contains(entry.length == 16, wide_in(entry));
    default: return condition.text_holds(entry.word());
  }
}

// As of every field: it has a value, and one of them holds, or none.
bool listed_holds(const Condition& condition, const wire::FieldOfLayer& what, const OwnFields& fields) {
  bool has_value = false;
  const bool one_holds = fields.any_of(what, [&](const FieldEntry& entry) {
    has_value = true;
    return value_holds(condition, entry);
  });
  return has_value && one_holds != condition.negated;
}

}  // namespace

FullProgram::FullProgram(const Checked& checked) {
  const auto make = [](const Condition& condition) {
    Instruction out;
    out.condition = condition;
    out.field = &live_fields()[condition.field];
    Checked alone;
    alone.condition = condition;
    if (out.field->place == Place::packet) out.hot.emplace(alone);
    return out;
  };
  code_ = Assembler<Instruction, decltype(make)>(make).assemble(checked);
}

bool FullProgram::matches(const Asked& asked) const {
  std::uint16_t at = 0;
  do {
    const Instruction& instruction = code_[at];
    at = holds(instruction, asked) ? instruction.if_true : instruction.if_false;
  } while (at < kReject);
  return at == kAccept;
}

bool FullProgram::holds(const Instruction& instruction, const Asked& asked) {
  if (instruction.hot) return instruction.hot->matches(asked.packet);
  const LiveField& field = *instruction.field;
  const Condition& condition = instruction.condition;
  const auto number_holds = [&](std::uint64_t value) {
    return contains(condition.numbers, value) != condition.negated;
  };
  switch (field.place) {
    case Place::packet: break;
    case Place::anomalies: {
      const std::uint32_t anomalies = asked.packet.anomalies | asked.fields.anomalies();
      return number_holds((anomalies & field.load.a.mask) != 0 ? 1 : 0);
    }
    case Place::layer:
      return number_holds(asked.fields.any_of(field.listed, [](const FieldEntry&) { return true; }) ? 1 : 0);
    case Place::value: return listed_holds(condition, field.listed, asked.fields);
    case Place::bytes: {
      const Frame& frame = asked.frame;
      const bool tagged = frame.hints.has_vlan;
      return condition.tcpdump->matches(frame.link,
                                        {frame.bytes, frame.original_length, tagged, frame.hints.vlan_tci, tagged});
    }
    case Place::interface:
      return !asked.frame.interface.empty() && condition.text_holds(asked.frame.interface) != condition.negated;
    case Place::direction:
      return asked.frame.direction != Direction::unknown &&
             number_holds(static_cast<std::uint64_t>(asked.frame.direction));
    case Place::link_type:
      return number_holds(asked.frame.linktype != 0 ? asked.frame.linktype : wire::pcap_of_link_type(asked.frame.link));
  }
  return false;
}

}  // namespace holter::filter
