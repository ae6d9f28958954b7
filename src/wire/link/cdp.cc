#include "wire/link/cdp.h"

#include <algorithm>
#include <array>

#include "wire/checksum.h"
#include "wire/shown_bytes.h"

namespace holter::wire {
namespace {

constexpr const CdpFields& f = kCdpFields;
constexpr std::size_t kHeaderBytes = 4;  // of a TLV

// Each is a protocol's type and name, then an address, each with its length.
void list_addresses(Bytes value, FieldList& out) {
  constexpr std::array<std::uint8_t, 8> kIpv6 = {0xaa, 0xaa, 3, 0, 0, 0, 0x86, 0xdd};
  out.number(f.address_count, load_u32(value, 0));
  base::ByteReader reader(value.subspan(4));
  while (reader.captured_left() != 0 && !reader.failed()) {
    reader.skip(1);
    const Bytes protocol = reader.bytes(reader.u8());
    const Bytes address = reader.bytes(reader.u16());
    const bool v4 = protocol.size() == 1 && protocol[0] == 0xcc && address.size() == 4;
    const bool v6 = std::ranges::equal(protocol, kIpv6) && address.size() == 16;
    if (v4 || v6) out.data(f.address, address);
  }
}

void list_prefixes(Bytes value, FieldList& out) {
  if (value.size() == 4) {
    out.data(f.gateway, value);
    return;
  }
  for (; value.size() >= 5; value = value.subspan(5)) {
    out.open(f.prefix);
    out.data(f.prefix_address, value.first(4));
    out.number(f.prefix_length, value[4]);
    out.close();
  }
}

void list_voice_vlan(Bytes value, FieldList& out) {
  if (value.size() >= 3) {
    out.number(f.voice_vlan, load_u16(value, 1));
  } else {
    out.data(f.value, value);
  }
}

void list_power(const FieldInfo& field, Bytes value, FieldList& out) {
  out.number(f.request_id, load_u16(value, 0));
  out.number(f.management_id, load_u16(value, 2));
  for (value = value.subspan(4); value.size() >= 4; value = value.subspan(4)) out.number(field, load_u32(value, 0));
}

struct Row {
  std::uint16_t type;
  std::uint16_t least;  // bytes of the value
  void (*list)(Bytes value, FieldList& out);
};

constexpr auto kRows = std::to_array<Row>({
    {0x01, 0, [](Bytes value, FieldList& out) { out.data(f.device_id, value); }},
    {0x02, 4, list_addresses},
    {0x03, 0, [](Bytes value, FieldList& out) { out.data(f.port_id, value); }},
    {0x04, 4, [](Bytes value, FieldList& out) { out.number(f.capabilities, load_u32(value, 0)); }},
    {0x05, 0, [](Bytes value, FieldList& out) { out.data(f.software, value); }},
    {0x06, 0, [](Bytes value, FieldList& out) { out.data(f.platform, value); }},
    {0x07, 0, list_prefixes},
    {0x09, 0, [](Bytes value, FieldList& out) { out.data(f.vtp_domain, value); }},
    {0x0a, 2, [](Bytes value, FieldList& out) { out.number(f.native_vlan, load_u16(value, 0)); }},
    {0x0b, 1, [](Bytes value, FieldList& out) { out.flag(f.full_duplex, value[0] != 0); }},
    {0x0e, 0, list_voice_vlan},
    {0x0f, 0, list_voice_vlan},
    {0x10, 2, [](Bytes value, FieldList& out) { out.number(f.power_consumption, load_u16(value, 0)); }},
    {0x11, 4, [](Bytes value, FieldList& out) { out.number(f.mtu, load_u32(value, 0)); }},
    {0x12, 1, [](Bytes value, FieldList& out) { out.number(f.trust, value[0]); }},
    {0x13, 1, [](Bytes value, FieldList& out) { out.number(f.untrusted_cos, value[0]); }},
    {0x14, 0, [](Bytes value, FieldList& out) { out.data(f.system_name, value); }},
    {0x15, 0, [](Bytes value, FieldList& out) { out.data(f.object_id, shown(value)); }},
    {0x16, 4, list_addresses},
    {0x17, 1, [](Bytes value, FieldList& out) { out.data(f.location, value.subspan(1)); }},
    {0x19, 4, [](Bytes value, FieldList& out) { list_power(f.power_requested, value, out); }},
    {0x1a, 4, [](Bytes value, FieldList& out) { list_power(f.power_available, value, out); }},
});

// False: it is shorter than its type needs.
bool read(std::uint16_t type, Bytes value, FieldList* out) {
  const auto row = std::ranges::find(kRows, type, &Row::type);
  const bool known = row != kRows.end();
  const bool long_enough = !known || value.size() >= row->least;
  if (out == nullptr) return long_enough;
  out->open(f.tlv);
  out->number(f.type, type);
  out->number(f.length, value.size() + kHeaderBytes);
  if (known && long_enough) {
    row->list(value, *out);
  } else if (!value.empty()) {
    out->data(f.value, shown(value));
  }
  out->close();
  return long_enough;
}

Next walk_tlvs(Decoder& decoder, FieldList* out) {
  Packet& packet = decoder.packet;
  while (decoder.window().claimed >= kHeaderBytes && decoder.steps.take()) {
    const Window window = decoder.window();
    if (window.captured.size() < kHeaderBytes) return decoder.fail(ParseFault::truncated);
    const std::uint16_t type = load_u16(window.captured, 0);
    const std::size_t length = load_u16(window.captured, 2);
    if (length < kHeaderBytes || length > window.claimed) {
      packet.add(Anomaly::bad_option);
      return {};
    }
    if (length > window.captured.size()) return decoder.fail(ParseFault::truncated);
    if (!read(type, window.captured.subspan(kHeaderBytes, length - kHeaderBytes), out)) packet.add(Anomaly::bad_option);
    decoder.advance(length);
  }
  return {};
}

}  // namespace

Parsed<CdpView> CdpView::parse(Window window) {
  if (window.captured.size() < kBytes) return window.fault_of(kBytes);
  return CdpView(window.captured.first(kBytes));
}

bool cdp_checksum_good(Bytes message) {
  ChecksumSum sum;
  if (message.size() % 2 == 0) {
    sum.add(message);
    return sum.finish() == 0;
  }
  // The last byte is a signed number, and where it is negative the sum is short of one.
  const std::uint8_t last = message.back();
  std::array<std::uint8_t, 2> word{0, last};
  if ((last & 0x80U) != 0) word = {0xff, static_cast<std::uint8_t>(last - 1)};
  sum.add(message.first(message.size() - 1));
  sum.add(word);
  return sum.finish() == 0;
}

Next decode_cdp(Decoder& decoder) {
  Packet& packet = decoder.packet;
  const Window window = decoder.window();
  const auto view = CdpView::parse(window);
  if (!view) return decoder.fail(view.error());
  packet.add(Protocol::cdp);
  if (!decoder.wish.checksums || !decoder.whole()) {
    packet.network_checksum = ChecksumState::unverified;
  } else if (cdp_checksum_good(window.captured)) {
    packet.network_checksum = ChecksumState::good;
  } else {
    packet.network_checksum = ChecksumState::bad;
    packet.add(Anomaly::bad_network_checksum);
  }
  FieldList* const out = decoder.fields(Protocol::cdp);
  if (out != nullptr) {
    out->number(f.version, view->version());
    out->number(f.ttl, view->ttl());
    out->number(f.checksum, view->checksum());
    out->word(f.checksum_state, to_string(packet.network_checksum));
  }
  decoder.advance(CdpView::kBytes);
  return walk_tlvs(decoder, out);
}

}  // namespace holter::wire
