#include "wire/application/dhcp.h"

#include <algorithm>
#include <array>
#include <bitset>

#include "wire/application/cursor.h"

namespace holter::wire {
namespace {

constexpr const DhcpFields& f = kDhcpFields;
constexpr std::size_t kSnameBytes = 64;
constexpr std::size_t kFileBytes = 128;
constexpr std::uint32_t kCookie = 0x63825363;
constexpr std::uint8_t kPad = 0;
constexpr std::uint8_t kOverload = 52;
constexpr std::uint8_t kClientId = 61;
constexpr std::uint8_t kFqdn = 81;
constexpr std::uint8_t kEnd = 255;

enum class Form : std::uint8_t { number, address, addresses, text, numbers };

struct Row {
  std::uint8_t code;
  const FieldInfo* field;
  Form form;
  std::uint8_t size;  // of a number; 0: any
};

constexpr auto kOptions = std::to_array<Row>({
    {1, &f.subnet_mask, Form::address, 4},
    {3, &f.router, Form::addresses, 4},
    {6, &f.dns_server, Form::addresses, 4},
    {12, &f.hostname, Form::text, 0},
    {15, &f.domain_name, Form::text, 0},
    {26, &f.mtu, Form::number, 2},
    {28, &f.broadcast_address, Form::address, 4},
    {42, &f.ntp_server, Form::addresses, 4},
    {50, &f.requested_address, Form::address, 4},
    {51, &f.lease_time, Form::number, 4},
    {kOverload, &f.overload, Form::number, 1},
    {53, &f.message_type, Form::number, 1},
    {54, &f.server_id, Form::address, 4},
    {55, &f.requested_option, Form::numbers, 1},
    {56, &f.message, Form::text, 0},
    {57, &f.max_message_size, Form::number, 2},
    {58, &f.renewal_time, Form::number, 4},
    {59, &f.rebinding_time, Form::number, 4},
    {60, &f.vendor_class, Form::text, 0},
    {66, &f.tftp_server, Form::text, 0},
    {67, &f.boot_file, Form::text, 0},
});

// Text ends at a zero byte, if it has one.
Bytes text_of(Bytes bytes) {
  return bytes.first(static_cast<std::size_t>(std::ranges::find(bytes, 0) - bytes.begin()));
}

class Options {
 public:
  explicit Options(Payload payload) : payload_(payload), out_(payload.fields) {}

  // Every code first, then what is read, then the rest, so that what is a list stands together.
  void list_codes(Cursor list) {
    each(list, [this](std::uint8_t code, Bytes) { out_.number(f.option, code); });
  }
  void list_known(Cursor list) {
    each(list, [this](std::uint8_t code, Bytes value) {
      if (is_first(code) && reads(code, value)) known(code, value);
    });
  }
  void list_others(Cursor list) {
    each(list, [this](std::uint8_t code, Bytes value) {
      if (!is_first(code) || !reads(code, value)) other(code, value);
    });
    if (flawed_) out_.flaw(Anomaly::malformed_payload);
  }
  // The next list_ is another look at the same options.
  void again() { seen_.reset(); }
  unsigned overload(Cursor list) {
    unsigned bits = 0;
    each(list, [&](std::uint8_t code, Bytes value) {
      if (code == kOverload && value.size() == 1 && bits == 0) bits = value[0];
    });
    return bits;
  }

 private:
  template <class Visit>
  void each(Cursor list, Visit visit) {
    while (list.left() != 0 && payload_.steps.take()) {
      const std::uint8_t code = list.u8();
      if (code == kEnd) return;
      if (code == kPad) continue;
      const Bytes value = list.bytes(list.u8());
      if (list.ok()) visit(code, value);
    }
    flawed_ |= list.lied();
  }

  bool is_first(std::uint8_t code) {
    const bool first = !seen_[code];
    seen_[code] = true;
    return first;
  }
  // Whether an option has a field, and a value that fits in it.
  bool reads(std::uint8_t code, Bytes value) {
    bool fits = true;
    if (code == kClientId) {
      fits = value.size() >= 2;
    } else if (code == kFqdn) {
      fits = value.size() >= 3;
    } else {
      const auto row = std::ranges::find(kOptions, code, &Row::code);
      if (row == kOptions.end()) return false;
      const bool single = row->form == Form::number || row->form == Form::address;
      if (row->size != 0) fits = single ? value.size() == row->size : !value.empty() && value.size() % row->size == 0;
    }
    flawed_ |= !fits;
    return fits;
  }
  void known(std::uint8_t code, Bytes value) {
    if (code == kClientId) return client_id(value);
    if (code == kFqdn) return fqdn(value);
    known_option(*std::ranges::find(kOptions, code, &Row::code), value);
  }

  void known_option(const Row& row, Bytes value) {
    std::uint64_t number = 0;
    switch (row.form) {
      case Form::number:
        for (const std::uint8_t byte : value) number = number << 8 | byte;
        return out_.number(*row.field, number);
      case Form::address: return out_.data(*row.field, value);
      case Form::text: return out_.data(*row.field, text_of(value));
      case Form::addresses:
        for (; !value.empty(); value = value.subspan(4)) out_.data(*row.field, value.first(4));
        return;
      case Form::numbers:
        for (const std::uint8_t byte : value) out_.number(*row.field, byte);
        return;
    }
  }

  void client_id(Bytes value) {
    out_.number(f.client_id_type, value[0]);
    out_.data(f.client_id, shown(value.subspan(1)));
  }

  // Flags and two rcodes stand before the name; with the E flag it is as in DNS, and not shown as text (RFC 4702, 2).
  void fqdn(Bytes value) {
    out_.number(f.fqdn_flags, value[0]);
    if ((value[0] & 4) == 0) out_.data(f.fqdn, value.subspan(3));
  }

  void other(std::uint8_t code, Bytes value) {
    out_.open(f.other_option);
    out_.number(f.other_code, code);
    out_.number(f.other_length, value.size());
    if (!value.empty()) out_.data(f.other_data, shown(value));
    out_.close();
  }

  Payload payload_;
  FieldList& out_;
  std::bitset<256> seen_;
  bool flawed_ = false;
};

void list_client(Bytes chaddr, unsigned type, unsigned length, FieldList& out) {
  if (type == 1 && length == 6) {
    out.data(f.client_mac, chaddr.first(6));
  } else if (length != 0) {
    out.data(f.client_hardware, chaddr.first(std::min<std::size_t>(length, chaddr.size())));
  }
}

void list_head(Cursor& cursor, FieldList& out) {
  const unsigned op = cursor.u8(), type = cursor.u8(), length = cursor.u8(), hops = cursor.u8();
  const std::uint32_t id = cursor.u32();
  const unsigned seconds = cursor.u16(), flags = cursor.u16();
  if (!cursor.ok()) return;
  out.number(f.op, op);
  out.number(f.hardware_type, type);
  out.number(f.hardware_length, length);
  out.number(f.hops, hops);
  out.number(f.id, id);
  out.number(f.seconds, seconds);
  out.number(f.flags, flags);
  out.flag(f.broadcast, (flags & 0x8000) != 0);
  for (const FieldInfo* const field : {&f.client_address, &f.your_address, &f.next_server, &f.relay_address}) {
    const Bytes address = cursor.bytes(4);
    if (cursor.ok()) out.data(*field, address);
  }
  const Bytes chaddr = cursor.bytes(16);
  if (cursor.ok()) list_client(chaddr, type, length, out);
}

}  // namespace

void list_dhcp(Payload payload) {
  FieldList& out = payload.fields;
  Cursor cursor(payload.window);
  out.layer(Protocol::dhcp);
  list_head(cursor, out);
  const Cursor sname = cursor.part(kSnameBytes);
  const Cursor file = cursor.part(kFileBytes);
  const bool has_cookie = cursor.left() >= 4 && cursor.u32() == kCookie && cursor.ok();
  const Cursor list = cursor;

  Options options(payload);
  const unsigned overload = has_cookie ? options.overload(list) : 0;
  const bool file_holds = (overload & 1) != 0, sname_holds = (overload & 2) != 0;
  if (!sname_holds && sname.ok() && !sname.rest().empty()) out.data(f.server_name, text_of(sname.rest()));
  if (!file_holds && file.ok() && !file.rest().empty()) out.data(f.file, text_of(file.rest()));
  const auto each_list = [&](void (Options::*look)(Cursor)) {
    options.again();
    if (has_cookie) (options.*look)(list);
    if (file_holds) (options.*look)(file);
    if (sname_holds) (options.*look)(sname);
  };
  each_list(&Options::list_codes);
  each_list(&Options::list_known);
  each_list(&Options::list_others);
  if (cursor.lied()) out.flaw(Anomaly::malformed_payload);
}

}  // namespace holter::wire
