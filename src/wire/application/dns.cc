#include "wire/application/dns.h"

#include <algorithm>

#include "wire/application/dns_fields.h"
#include "wire/application/dns_name.h"
#include "wire/application/dns_record.h"

namespace holter::wire {
namespace {

constexpr std::size_t kHeaderBytes = 12;
constexpr std::size_t kLengthBytes = 2;  // before each message over TCP
constexpr std::uint16_t kOpt = 41;
constexpr std::uint16_t kTopBit = 0x8000;  // of a class in mDNS: unicast response, cache flush

void list_flags(unsigned flags, Protocol kind, FieldList& out) {
  const auto& f = kDnsFields;
  const bool llmnr = kind == Protocol::llmnr;
  out.number(f.flags, flags);
  out.flag(f.response, (flags & 0x8000) != 0);
  out.number(f.opcode, flags >> 11 & 0xf);
  out.flag(llmnr ? f.conflict : f.authoritative, (flags & 0x0400) != 0);
  out.flag(f.truncated, (flags & 0x0200) != 0);
  out.flag(llmnr ? f.tentative : f.recursion_desired, (flags & 0x0100) != 0);
  if (!llmnr) {
    out.flag(f.recursion_available, (flags & 0x0080) != 0);
    out.flag(f.z, (flags & 0x0040) != 0);
    out.flag(f.authenticated, (flags & 0x0020) != 0);
    out.flag(f.checking_disabled, (flags & 0x0010) != 0);
  }
  out.number(f.rcode, flags & 0xf);
}

bool list_question(Cursor& cursor, Payload payload, Protocol kind) {
  FieldList& out = payload.fields;
  DnsName name;
  if (!name.read(cursor, payload.steps, out)) return false;
  const std::uint16_t type = cursor.u16();
  const std::uint16_t kind_of_class = cursor.u16();
  if (!cursor.ok()) return false;
  const bool mdns = kind == Protocol::mdns;
  out.open(kDnsFields.question);
  out.made_text(kDnsFields.question_name, name.text());
  out.number(kDnsFields.question_type, type);
  out.number(kDnsFields.question_class, mdns ? kind_of_class & ~kTopBit : kind_of_class);
  if (mdns) out.flag(kDnsFields.question_unicast, (kind_of_class & kTopBit) != 0);
  out.close();
  return true;
}

// What an OPT record keeps where others have class and time to live (RFC 6891, 6.1.3).
void list_edns_head(std::uint16_t size, std::uint32_t bits, FieldList& out) {
  out.number(kDnsFields.edns_udp_size, size);
  out.number(kDnsFields.edns_extended_rcode, bits >> 24);
  out.number(kDnsFields.edns_version, bits >> 16 & 0xff);
  out.flag(kDnsFields.edns_do, (bits & 0x8000) != 0);
}

bool list_record(Cursor& cursor, Payload payload, Protocol kind, std::string_view section) {
  FieldList& out = payload.fields;
  DnsName name;
  if (!name.read(cursor, payload.steps, out)) return false;
  const std::uint16_t type = cursor.u16();
  const std::uint16_t kind_of_class = cursor.u16();
  const std::uint32_t ttl = cursor.u32();
  const std::uint16_t length = cursor.u16();
  if (!cursor.ok()) return false;
  const bool mdns = kind == Protocol::mdns && type != kOpt;
  out.open(kDnsFields.record);
  out.word(kDnsFields.section, section);
  out.made_text(kDnsFields.name, name.text());
  out.number(kDnsFields.type, type);
  if (type == kOpt) {
    list_edns_head(kind_of_class, ttl, out);
  } else {
    out.number(kDnsFields.record_class, mdns ? kind_of_class & ~kTopBit : kind_of_class);
    if (mdns) out.flag(kDnsFields.cache_flush, (kind_of_class & kTopBit) != 0);
    out.number(kDnsFields.ttl, ttl);
  }
  out.number(kDnsFields.data_length, length);
  const Cursor data = cursor.part(length);
  if (data.ok()) list_dns_record_data(type, data, payload.steps, out);
  out.close();
  return cursor.ok();
}

void list_message(Payload payload, Protocol kind, std::size_t length) {
  FieldList& out = payload.fields;
  Cursor cursor(payload.window);
  const std::uint16_t id = cursor.u16();
  const std::uint16_t flags = cursor.u16();
  std::array<std::uint16_t, 4> counts{};
  for (std::uint16_t& count : counts) count = cursor.u16();
  if (!cursor.ok()) return;

  out.layer(kind);
  if (length != 0) out.number(kDnsFields.length, length);
  out.number(kDnsFields.id, id);
  list_flags(flags, kind, out);
  out.number(kDnsFields.question_count, counts[0]);
  out.number(kDnsFields.answer_count, counts[1]);
  out.number(kDnsFields.authority_count, counts[2]);
  out.number(kDnsFields.additional_count, counts[3]);
  for (unsigned n = 0; n < counts[0] && payload.steps.take() && list_question(cursor, payload, kind); ++n) continue;
  constexpr std::array<std::string_view, 3> kSections{"answer", "authority", "additional"};
  for (std::size_t i = 0; i < kSections.size() && cursor.ok(); ++i) {
    for (unsigned n = 0; n < counts[i + 1] && payload.steps.take(); ++n) {
      if (!list_record(cursor, payload, kind, kSections[i])) break;
    }
  }
  if (cursor.lied()) out.flaw(Anomaly::malformed_payload);
}

}  // namespace

void list_dns(Payload payload, Protocol kind) { list_message(payload, kind, 0); }

Taken take_dns(Payload payload, StreamMemory&) {
  Cursor cursor(payload.window);
  Taken taken;
  while (payload.steps.take()) {
    taken.done = cursor.at();
    if (cursor.left() < kLengthBytes) break;
    const std::size_t length = cursor.u16();
    if (!cursor.ok() || length < kHeaderBytes) {
      taken.lost = cursor.ok();
      break;
    }
    if (cursor.left() < length) {
      taken.whole = taken.keep = kLengthBytes + length;
      break;
    }
    const Window message(cursor.rest(), length);
    cursor.skip(length);
    list_message({message, payload.packet, payload.steps, payload.fields}, Protocol::dns, length);
  }
  return taken;
}

}  // namespace holter::wire
