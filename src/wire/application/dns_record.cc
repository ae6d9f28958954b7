#include "wire/application/dns_record.h"

#include <algorithm>
#include <array>

#include "wire/application/dns_fields.h"
#include "wire/application/dns_name.h"

namespace holter::wire {
namespace {

// The data of one record while it is read.
struct Data {
  Cursor cursor;
  Steps& steps;
  FieldList& out;

  void name(const FieldInfo& field) {
    DnsName name;
    if (name.read(cursor, steps, out)) out.made_text(field, name.text());
  }
  void u8(const FieldInfo& field) { number(field, cursor.u8()); }
  void u16(const FieldInfo& field) { number(field, cursor.u16()); }
  void u32(const FieldInfo& field) { number(field, cursor.u32()); }
  // <character-string> of RFC 1035, 3.3.
  void text(const FieldInfo& field) {
    const Bytes text = cursor.bytes(cursor.u8());
    if (cursor.ok()) out.data(field, text);
  }
  void address(const FieldInfo& field, std::size_t size) {
    const Bytes address = cursor.bytes(size);
    if (cursor.ok()) out.data(field, address);
  }
  void rest(const FieldInfo& field) { out.data(field, shown(cursor.rest())); }
  bool more() { return cursor.left() != 0 && steps.take(); }

 private:
  void number(const FieldInfo& field, std::uint64_t value) {
    if (cursor.ok()) out.number(field, value);
  }
};

constexpr const DnsFields& f = kDnsFields;

void a(Data& data) { data.address(f.a, 4); }
void aaaa(Data& data) { data.address(f.aaaa, 16); }
void ns(Data& data) { data.name(f.ns); }
void cname(Data& data) { data.name(f.cname); }
void dname(Data& data) { data.name(f.dname); }
void ptr(Data& data) { data.name(f.ptr); }

void soa(Data& data) {
  data.name(f.soa_mname);
  data.name(f.soa_rname);
  data.u32(f.soa_serial);
  data.u32(f.soa_refresh);
  data.u32(f.soa_retry);
  data.u32(f.soa_expire);
  data.u32(f.soa_minimum);
}

void hinfo(Data& data) {
  data.text(f.hinfo_cpu);
  data.text(f.hinfo_os);
}

void mx(Data& data) {
  data.u16(f.mx_preference);
  data.name(f.mx);
}

void txt(Data& data) {
  while (data.more()) data.text(f.txt);
}

void srv(Data& data) {
  data.u16(f.srv_priority);
  data.u16(f.srv_weight);
  data.u16(f.srv_port);
  data.name(f.srv_target);
}

void naptr(Data& data) {
  data.u16(f.naptr_order);
  data.u16(f.naptr_preference);
  data.text(f.naptr_flags);
  data.text(f.naptr_service);
  data.text(f.naptr_regexp);
  data.name(f.naptr_replacement);
}

void opt(Data& data) {
  while (data.more()) {
    const std::uint16_t code = data.cursor.u16();
    const std::uint16_t length = data.cursor.u16();
    const Cursor value = data.cursor.part(length);
    if (!data.cursor.ok()) return;
    data.out.open(f.edns_option);
    data.out.number(f.edns_option_code, code);
    data.out.number(f.edns_option_length, length);
    if (!value.rest().empty()) data.out.data(f.edns_option_data, shown(value.rest()));
    data.out.close();
  }
}

void ds(Data& data) {
  data.u16(f.ds_key_tag);
  data.u8(f.ds_algorithm);
  data.u8(f.ds_digest_type);
  data.rest(f.ds_digest);
}

void sshfp(Data& data) {
  data.u8(f.sshfp_algorithm);
  data.u8(f.sshfp_type);
}

void rrsig(Data& data) {
  data.u16(f.rrsig_type_covered);
  data.u8(f.rrsig_algorithm);
  data.u8(f.rrsig_labels);
  data.u32(f.rrsig_original_ttl);
  data.u32(f.rrsig_expiration);
  data.u32(f.rrsig_inception);
  data.u16(f.rrsig_key_tag);
  data.name(f.rrsig_signer);
}

void nsec(Data& data) { data.name(f.nsec_next); }

void dnskey(Data& data) {
  data.u16(f.dnskey_flags);
  data.u8(f.dnskey_protocol);
  data.u8(f.dnskey_algorithm);
}

void nsec3(Data& data) {
  data.u8(f.nsec3_algorithm);
  data.u8(f.nsec3_flags);
  data.u16(f.nsec3_iterations);
}

void tlsa(Data& data) {
  data.u8(f.tlsa_usage);
  data.u8(f.tlsa_selector);
  data.u8(f.tlsa_matching);
}

// RFC 9460, 2.2. The keys are listed first, then what is offered by ALPN.
void svcb(Data& data) {
  constexpr std::uint16_t kAlpn = 1;
  data.u16(f.svcb_priority);
  data.name(f.svcb_target);
  Cursor alpn{Window()};
  while (data.more()) {
    const std::uint16_t key = data.cursor.u16();
    const Cursor value = data.cursor.part16();
    if (!data.cursor.ok()) break;
    data.out.number(f.svcb_key, key);
    if (key == kAlpn) alpn = value;
  }
  while (alpn.left() != 0 && data.steps.take()) {
    const Bytes protocol = alpn.bytes(alpn.u8());
    if (alpn.ok()) data.out.data(f.svcb_alpn, protocol);
  }
  if (alpn.lied()) data.cursor.lie();
}

void caa(Data& data) {
  data.u8(f.caa_flags);
  data.text(f.caa_tag);
  if (data.cursor.ok()) data.out.data(f.caa_value, data.cursor.rest());
}

struct Row {
  std::uint16_t type;
  void (*list)(Data&);
};

constexpr auto kTypes = std::to_array<Row>({
    {1, a},      {2, ns},     {5, cname},  {6, soa},     {12, ptr},  {13, hinfo}, {15, mx},    {16, txt},  {28, aaaa},
    {33, srv},   {35, naptr}, {39, dname}, {41, opt},    {43, ds},   {44, sshfp}, {46, rrsig}, {47, nsec}, {48, dnskey},
    {50, nsec3}, {52, tlsa},  {59, ds},    {60, dnskey}, {64, svcb}, {65, svcb},  {257, caa},
});

}  // namespace

void list_dns_record_data(std::uint16_t type, Cursor cursor, Steps& steps, FieldList& fields) {
  Data data{cursor, steps, fields};
  const auto row = std::ranges::find(kTypes, type, &Row::type);
  if (row == kTypes.end()) {
    if (cursor.left() != 0) data.rest(f.data);
  } else if (cursor.left() != 0) {  // an UPDATE may have no data (RFC 2136, 2.5)
    row->list(data);
  }
  if (data.cursor.lied()) fields.flaw(Anomaly::malformed_payload);
}

}  // namespace holter::wire
