// ARP (RFC 826), RARP (RFC 903) and inverse ARP (RFC 2390), which share one header. Of IPv4 over Ethernet the hot path
// keeps the addresses; of other hardware and protocols the addresses are listed as what they are, by their lengths.
#pragma once

#include "base/byte_writer.h"
#include "wire/decoder.h"

namespace holter::wire {

struct ArpFields {
  FieldInfo hardware_type{"hardware_type", FieldType::number, "1 is Ethernet"};
  FieldInfo protocol_type{"protocol_type", FieldType::number, "ether type of the addresses asked about"};
  FieldInfo hardware_length{"hardware_length", FieldType::number, "bytes of a hardware address"};
  FieldInfo protocol_length{"protocol_length", FieldType::number, "bytes of a protocol address"};
  FieldInfo operation{"operation", FieldType::number, "1 asks, 2 answers; 3 and 4 of RARP, 8 and 9 inverse"};
  FieldInfo sender_mac{"sender_mac", FieldType::mac, "hardware address of who speaks"};
  FieldInfo sender{"sender", FieldType::address, "address of who speaks"};
  FieldInfo target_mac{"target_mac", FieldType::mac, "hardware address asked for or told"};
  FieldInfo target{"target", FieldType::address, "who is asked for, or told"};
  FieldInfo sender_hardware{"sender_hardware", FieldType::bytes, "of who speaks, when it is no MAC"};
  FieldInfo sender_protocol{"sender_protocol", FieldType::bytes, "of who speaks, when it is not IPv4"};
  FieldInfo target_hardware{"target_hardware", FieldType::bytes, "asked for or told, when it is no MAC"};
  FieldInfo target_protocol{"target_protocol", FieldType::bytes, "asked for or told, when it is not IPv4"};
};
inline constexpr ArpFields kArpFields;

inline constexpr std::uint16_t kArpRequest = 1;  // ares_op$REQUEST
inline constexpr std::uint16_t kArpReply = 2;    // ares_op$REPLY

struct ArpHeader {
  static constexpr std::size_t kFixedBytes = 8;
  static constexpr std::size_t kBytes = 28;  // with Ethernet and IPv4 addresses

  std::uint16_t operation = kArpRequest;
  MacAddress sender_mac{};
  std::array<std::uint8_t, 4> sender{};
  MacAddress target_mac{};
  std::array<std::uint8_t, 4> target{};

  void emit(base::ByteWriter& out) const;
};

class ArpView {
 public:
  static Parsed<ArpView> parse(Window window);

  std::uint16_t operation() const { return load_u16(bytes_, 6); }
  bool is_ethernet_ipv4() const;
  // Only when is_ethernet_ipv4().
  ArpHeader header() const;
  std::size_t size() const { return bytes_.size(); }
  Bytes bytes() const { return bytes_; }

 private:
  explicit ArpView(Bytes bytes) : bytes_(bytes) {}
  Bytes bytes_;
};

Next decode_arp(Decoder& decoder);

}  // namespace holter::wire
