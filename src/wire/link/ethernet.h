// Ethernet II and IEEE 802.3 headers: two addresses and what follows. Linux gives loopback frames the same header with
// zero addresses. IEEE 802.3 clause 3.
#pragma once

#include "base/byte_writer.h"
#include "wire/decoder.h"

namespace holter::wire {

struct EthernetFields {
  FieldInfo src{"src", FieldType::mac, "the sender's MAC"};
  FieldInfo dst{"dst", FieldType::mac, "the receiver's MAC"};
  FieldInfo type{"type", FieldType::number, "ether type, or an 802.3 length below 1536"};
};
inline constexpr EthernetFields kEthernetFields;

struct EthernetHeader {
  static constexpr std::size_t kBytes = 14;

  MacAddress destination{};
  MacAddress source{};
  std::uint16_t ether_type = 0;

  void emit(base::ByteWriter& out) const;
};

class EthernetView {
 public:
  static Parsed<EthernetView> parse(Window window);

  EthernetHeader header() const;
  Bytes destination() const { return bytes_.first(6); }
  Bytes source() const { return bytes_.subspan(6, 6); }
  std::uint16_t ether_type() const { return load_u16(bytes_, 12); }

 private:
  explicit EthernetView(Bytes bytes) : bytes_(bytes) {}
  Bytes bytes_;
};

Next decode_ethernet(Decoder& decoder);

}  // namespace holter::wire
