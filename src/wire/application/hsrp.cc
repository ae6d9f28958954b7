#include "wire/application/hsrp.h"

#include <algorithm>
#include <bitset>

#include "wire/application/cursor.h"

namespace holter::wire {
namespace {

constexpr const HsrpFields& f = kHsrpFields;
constexpr std::uint8_t kAdvertisement = 3;       // the last opcode
constexpr std::size_t kAdvertisementBytes = 16;  // of version 1
constexpr std::size_t kHelloBytes = 20;          // of version 1
constexpr std::size_t kIpv4Bytes = 4;
constexpr std::size_t kAddressBytes = 16;  // in version 2, also of an IPv4 address

enum Type : std::uint8_t { group_state = 1, interface_state = 2, text_authentication = 3, md5_authentication = 4 };

Bytes without_padding(Bytes text) {
  return text.first(static_cast<std::size_t>(std::ranges::find(text, 0) - text.begin()));
}

class Message {
 public:
  explicit Message(Payload payload) : steps_(payload.steps), out_(payload.fields) {}

  void list_version_1(Cursor cursor) {
    number(f.version, cursor.u8(), cursor);
    const std::uint8_t opcode = cursor.u8();
    number(f.opcode, opcode, cursor);
    if (opcode == kAdvertisement) {
      cursor.skip(4);  // a type and a length
      number(f.interface_state, cursor.u8(), cursor);
      cursor.skip(1);
      list_groups(cursor);
      return judge(cursor);
    }
    number(f.state, cursor.u8(), cursor);
    seconds(f.hello_time, cursor.u8(), cursor);
    seconds(f.hold_time, cursor.u8(), cursor);
    number(f.priority, cursor.u8(), cursor);
    number(f.group, cursor.u8(), cursor);
    cursor.skip(1);
    text(f.password, cursor.bytes(8), cursor);
    data(f.virtual_ip, cursor.bytes(kIpv4Bytes), cursor);
    list_tlvs(cursor);  // MD5's, of later Cisco IOS
  }

  void list_tlvs(Cursor& cursor) {
    while (cursor.left() != 0 && steps_.take()) {
      const std::uint8_t type = cursor.u8();
      const Cursor value = cursor.part8();
      if (cursor.ok()) one(type, value);
    }
    judge(cursor);
  }

 private:
  void one(std::uint8_t type, Cursor value) {
    if (type >= seen_.size() || seen_[type]) return;
    seen_[type] = true;
    switch (type) {
      case group_state: list_group(value); break;
      case interface_state: list_groups(value); break;
      case text_authentication: text(f.password, value.bytes(8), value); break;
      case md5_authentication: list_md5(value); break;
      default: return;
    }
    judge(value);
  }

  void list_group(Cursor& value) {
    number(f.version, value.u8(), value);
    number(f.opcode, value.u8(), value);
    number(f.state, value.u8(), value);
    const std::uint8_t ip_version = value.u8();
    number(f.ip_version, ip_version, value);
    number(f.group, value.u16(), value);
    data(f.sender_mac, value.bytes(6), value);
    number(f.priority, value.u32(), value);
    seconds(f.hello_time, value.u32() / 1'000.0, value);
    seconds(f.hold_time, value.u32() / 1'000.0, value);
    const Bytes address = value.bytes(kAddressBytes);
    if (value.ok()) out_.data(f.virtual_ip, ip_version == 4 ? address.first(kIpv4Bytes) : address);
  }

  void list_groups(Cursor& value) {
    number(f.active_groups, value.u16(), value);
    number(f.passive_groups, value.u16(), value);
  }

  void list_md5(Cursor& value) {
    number(f.md5_algorithm, value.u8(), value);
    value.skip(1);
    number(f.md5_flags, value.u16(), value);
    data(f.md5_address, value.bytes(kIpv4Bytes), value);
    number(f.md5_key_id, value.u32(), value);
    data(f.md5_digest, value.bytes(16), value);
  }

  void judge(const Cursor& cursor) {
    if (cursor.lied()) out_.flaw(Anomaly::malformed_payload);
  }
  void number(const FieldInfo& field, std::uint64_t value, const Cursor& read) {
    if (read.ok()) out_.number(field, value);
  }
  void seconds(const FieldInfo& field, double value, const Cursor& read) {
    if (read.ok()) out_.decimal(field, value);
  }
  void data(const FieldInfo& field, Bytes value, const Cursor& read) {
    if (read.ok()) out_.data(field, value);
  }
  void text(const FieldInfo& field, Bytes value, const Cursor& read) { data(field, without_padding(value), read); }

  Steps& steps_;
  FieldList& out_;
  std::bitset<8> seen_;
};

}  // namespace

bool list_hsrp(Payload payload) {
  Cursor cursor(payload.window);
  const Bytes first = payload.window.captured;
  if (first.size() < 2) return false;
  const bool is_first_version = first[0] == kHsrpVersion1;
  if (is_first_version) {
    const std::size_t least = first[1] == kAdvertisement ? kAdvertisementBytes : kHelloBytes;
    if (first[1] > kAdvertisement || payload.window.claimed < least) return false;
  } else if (first[0] > md5_authentication) {
    return false;
  }
  payload.fields.layer(Protocol::hsrp);
  Message message(payload);
  if (is_first_version) {
    message.list_version_1(cursor);
  } else {
    message.list_tlvs(cursor);
  }
  return true;
}

}  // namespace holter::wire
