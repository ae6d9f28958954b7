#include "wire/application/dhcpv6.h"

#include <algorithm>
#include <bitset>

#include "wire/application/cursor.h"
#include "wire/application/dns_name.h"

namespace holter::wire {
namespace {

constexpr const Dhcpv6Fields& f = kDhcpv6Fields;
constexpr std::uint8_t kRelayForward = 12, kRelayReply = 13;

enum Code : std::uint16_t {
  client_id = 1,
  server_id = 2,
  ia_na = 3,
  ia_ta = 4,
  ia_address = 5,
  requested = 6,
  preference = 7,
  elapsed = 8,
  relay_message = 9,
  status = 13,
  vendor_class = 16,
  interface_id = 18,
  dns_servers = 23,
  domain_list = 24,
  ia_pd = 25,
  ia_prefix = 26,
  client_fqdn = 39,
};

class Message {
 public:
  Message(Payload payload, unsigned depth) : payload_(payload), out_(payload.fields), depth_(depth) {}

  void list(Cursor cursor) {
    const std::uint8_t type = cursor.u8();
    if (!cursor.ok()) return judge(cursor);
    out_.number(f.type, type);
    if (type == kRelayForward || type == kRelayReply) {
      number(f.hop_count, cursor.u8(), cursor);
      address(f.link_address, cursor);
      address(f.peer_address, cursor);
    } else {
      number(f.transaction_id, cursor.u24(), cursor);
    }
    if (!cursor.ok()) return judge(cursor);
    Cursor codes = cursor;
    each(codes, [this](std::uint16_t code, Cursor) { out_.number(f.option, code); });
    Cursor associations = cursor;
    each(cursor, [this](std::uint16_t code, Cursor value) { one(code, value); });
    each(associations, [this](std::uint16_t code, Cursor value) {
      if (is_association(code)) association(code, value);
    });
    judge(cursor);
  }

 private:
  template <class Visit>
  void each(Cursor& list, Visit visit) {
    while (list.left() != 0 && payload_.steps.take()) {
      const std::uint16_t code = list.u16();
      const Cursor value = list.part16();
      if (list.ok()) visit(code, value);
    }
  }
  static bool is_association(std::uint16_t code) { return code == ia_na || code == ia_ta || code == ia_pd; }
  void judge(const Cursor& cursor) {
    if (cursor.lied()) out_.flaw(Anomaly::malformed_payload);
  }
  void number(const FieldInfo& field, std::uint64_t value, const Cursor& read) {
    if (read.ok()) out_.number(field, value);
  }
  void address(const FieldInfo& field, Cursor& cursor) {
    const Bytes address = cursor.bytes(16);
    if (cursor.ok()) out_.data(field, address);
  }

  void one(std::uint16_t code, Cursor value) {
    if (code < seen_.size()) {
      if (seen_[code]) return;
      seen_[code] = true;
    }
    switch (code) {
      case client_id: return duid(f.client_duid_type, f.client_duid, f.client_mac, value);
      case server_id: return duid(f.server_duid_type, f.server_duid, f.server_mac, value);
      case requested:
        while (value.left() != 0 && payload_.steps.take()) number(f.requested_option, value.u16(), value);
        break;
      case preference: number(f.preference, value.u8(), value); break;
      case elapsed: number(f.elapsed_time, value.u16(), value); break;
      case relay_message: return relayed(value);
      case status: return list_status(f.status, f.message, value);
      case vendor_class: return list_vendor(value);
      case interface_id: return out_.data(f.interface_id, shown(value.rest()));
      case dns_servers:
        while (value.left() != 0 && payload_.steps.take()) address(f.dns_server, value);
        break;
      case domain_list:
        while (value.left() != 0) {
          if (!name(f.domain, value)) break;
        }
        break;
      case client_fqdn: return list_fqdn(value);
      default: return;
    }
    judge(value);
  }

  // Names are uncompressed and begin nowhere but here, so pointers lead out of the option and are refused.
  bool name(const FieldInfo& field, Cursor& cursor) {
    DnsName name;
    if (!name.read(cursor, payload_.steps, out_)) return false;
    out_.made_text(field, name.text());
    return true;
  }

  void list_fqdn(Cursor value) {
    number(f.fqdn_flags, value.u8(), value);
    if (value.left() == 0) return judge(value);
    // A name that is only a part has no root at its end (RFC 4704, 4.2).
    if (!value.rest().empty() && value.rest().back() != 0) {
      const Bytes label = value.bytes(value.u8());
      if (value.ok()) out_.data(f.fqdn, label);
    } else {
      name(f.fqdn, value);
    }
    judge(value);
  }

  void list_vendor(Cursor value) {
    number(f.vendor_enterprise, value.u32(), value);
    while (value.left() != 0 && payload_.steps.take()) {
      const Bytes text = value.bytes(value.u16());
      if (value.ok()) out_.data(f.vendor_class, text);
    }
    judge(value);
  }

  void list_status(const FieldInfo& code, const FieldInfo& message, Cursor value) {
    number(code, value.u16(), value);
    if (!value.rest().empty()) out_.data(message, value.rest());
    judge(value);
  }

  void duid(const FieldInfo& type_field, const FieldInfo& whole, const FieldInfo& mac, Cursor value) {
    const Bytes bytes = value.rest();
    const std::uint16_t type = value.u16();
    if (!value.ok()) return judge(value);
    out_.number(type_field, type);
    out_.data(whole, shown(bytes));
    const std::size_t head = type == 1 ? 8 : 4;  // LLT has a time before the address (RFC 8415, 11.2)
    if ((type == 1 || type == 3) && bytes.size() == head + 6 && load_u16(bytes, 2) == 1) {
      out_.data(mac, bytes.subspan(head));
    }
  }

  void association(std::uint16_t code, Cursor value) {
    out_.open(f.ia);
    out_.number(f.ia_type, code);
    number(f.ia_id, value.u32(), value);
    if (code != ia_ta) {
      number(f.ia_t1, value.u32(), value);
      number(f.ia_t2, value.u32(), value);
    }
    bool has_status = false;
    each(value, [&](std::uint16_t inner, Cursor data) {
      if (inner == ia_address) return association_address(data);
      if (inner == ia_prefix) return association_prefix(data);
      if (inner != status || has_status) return;
      has_status = true;
      list_status(f.ia_status, f.ia_message, data);
    });
    judge(value);
    out_.close();
  }

  void association_address(Cursor value) {
    out_.open(f.ia_address);
    address(f.ia_address_ip, value);
    number(f.ia_address_preferred, value.u32(), value);
    number(f.ia_address_valid, value.u32(), value);
    judge(value);
    out_.close();
  }

  void association_prefix(Cursor value) {
    out_.open(f.ia_prefix);
    number(f.ia_prefix_preferred, value.u32(), value);
    number(f.ia_prefix_valid, value.u32(), value);
    number(f.ia_prefix_length, value.u8(), value);
    address(f.ia_prefix_ip, value);
    judge(value);
    out_.close();
  }

  void relayed(Cursor value) {
    if (depth_ == kMaxDhcpv6Relays) return out_.flaw(Anomaly::malformed_payload);
    out_.open(f.relayed);
    Message(payload_, depth_ + 1).list(value);
    out_.close();
  }

  Payload payload_;
  FieldList& out_;
  unsigned depth_;
  std::bitset<64> seen_;
};

}  // namespace

void list_dhcpv6(Payload payload) {
  payload.fields.layer(Protocol::dhcpv6);
  Message(payload, 0).list(Cursor(payload.window));
}

}  // namespace holter::wire
