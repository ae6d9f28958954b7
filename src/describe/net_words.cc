#include "describe/net_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/ip.h"
#include "wire/network/icmp_fields.h"
#include "wire/network/icmpv6_fields.h"
#include "wire/network/igmp_fields.h"
#include "wire/network/ipsec.h"
#include "wire/network/ipv6_control.h"
#include "wire/transport/sctp_fields.h"

namespace holter::describe {
namespace {

using wire::Protocol;

// Of the packet itself, not of one that it quotes.
const wire::FieldEntry* find(const wire::FieldList& fields, const wire::FieldInfo& field) {
  for (const wire::FieldEntry& entry : fields.entries()) {
    if (entry.field == &field) return &entry;
    if (entry.field == &wire::kIcmpFields.quoted || entry.field == &wire::kIcmpv6Fields.quoted) break;
  }
  return nullptr;
}

std::string address(const wire::FieldEntry& entry) {
  std::array<std::uint8_t, 16> bytes{};
  std::copy_n(entry.bytes, std::min<std::size_t>(entry.length, bytes.size()), bytes.begin());
  return entry.length == 4 ? to_string(base::IpAddress::v4({bytes[0], bytes[1], bytes[2], bytes[3]}))
                           : to_string(base::IpAddress::v6(bytes));
}

// "name value", when the field is there and not 0.
void add_number(std::string& text, const wire::FieldList& fields, const wire::FieldInfo& field, std::string_view name) {
  const auto* const entry = find(fields, field);
  if (entry != nullptr && entry->number != 0) text += fmt::format(", {} {}", name, entry->number);
}

void add_address(std::string& text, const wire::FieldList& fields, const wire::FieldInfo& field,
                 std::string_view name) {
  if (const auto* const entry = find(fields, field)) text += fmt::format(", {} {}", name, address(*entry));
}

std::string igmp_words(const wire::FieldList& fields) {
  const auto* const name = find(fields, wire::kIgmpFields.name);
  std::string text(name == nullptr ? std::string_view("other") : name->word());
  add_address(text, fields, wire::kIgmpFields.group, "group");
  add_number(text, fields, wire::kIgmpFields.record_count, "groups");
  add_address(text, fields, wire::kIgmpFields.record_group, "first");
  return text;
}

// The chunks in their order, by name where they have one.
std::string sctp_words(const wire::FieldList& fields) {
  constexpr std::size_t kMost = 4;
  std::string text;
  std::size_t chunks = 0;
  bool named = true;
  std::uint64_t type = 0;
  const auto end_chunk = [&] { text += named ? "" : fmt::format("chunk {}", type); };
  for (const wire::FieldEntry& entry : fields.entries()) {
    if (entry.field == &wire::kSctpFields.type) {
      end_chunk();
      named = ++chunks > kMost;
      if (chunks == kMost + 1) text += " …";
      if (named) continue;
      type = entry.number;
      text += chunks == 1 ? "" : ", ";
    } else if (entry.field == &wire::kSctpFields.name && !named) {
      text += entry.word();
      named = true;
    }
  }
  end_chunk();
  return text;
}

std::string ipsec_words(const wire::FieldList& fields, const wire::FieldInfo& spi, const wire::FieldInfo& sequence) {
  const auto* const index = find(fields, spi);
  const auto* const number = find(fields, sequence);
  if (index == nullptr || number == nullptr) return {};
  return fmt::format("spi {:#010x} seq {}", index->number, number->number);
}

std::string mobility_words(const wire::FieldList& fields) {
  const auto* const name = find(fields, wire::kMobilityFields.name);
  return name == nullptr ? std::string() : std::string(name->word());
}

}  // namespace

std::string net_words(const wire::Packet& packet, const wire::FieldList& fields) {
  if (packet.has(Protocol::igmp)) return igmp_words(fields);
  if (packet.has(Protocol::sctp)) return sctp_words(fields);
  if (packet.has(Protocol::esp)) return ipsec_words(fields, wire::kEspFields.spi, wire::kEspFields.sequence);
  if (packet.has(Protocol::ipv6_mobility)) return mobility_words(fields);
  return {};
}

std::string icmp_addition(const wire::FieldList& fields) {
  std::string text;
  add_address(text, fields, wire::kIcmpFields.gateway, "by");
  add_number(text, fields, wire::kIcmpFields.mtu, "mtu");
  add_number(text, fields, wire::kIcmpv6Fields.mtu, "mtu");
  add_number(text, fields, wire::kIcmpv6Fields.router_lifetime, "lifetime");
  add_address(text, fields, wire::kIcmpv6Fields.prefix, "prefix");
  add_number(text, fields, wire::kIcmpv6Fields.prefix_length, "length");
  add_address(text, fields, wire::kIcmpv6Fields.group, "group");
  add_number(text, fields, wire::kIcmpv6Fields.record_count, "groups");
  add_address(text, fields, wire::kIcmpv6Fields.record_group, "first");
  add_number(text, fields, wire::kIcmpFields.extension.label, "label");
  return text;
}

}  // namespace holter::describe
