// ARP for IPv4 over Ethernet (RFC 826). Other hardware or protocol kinds count as ARP and are not read further.
#pragma once

#include "base/byte_writer.h"
#include "wire/decoder.h"

namespace holter::wire {

struct ArpFields {
  FieldInfo hardware_type{"hardware_type", FieldType::number, "1 is Ethernet"};
  FieldInfo protocol_type{"protocol_type", FieldType::number, "ether type of the addresses asked about"};
  FieldInfo hardware_length{"hardware_length", FieldType::number, "bytes of a hardware address"};
  FieldInfo protocol_length{"protocol_length", FieldType::number, "bytes of a protocol address"};
  FieldInfo operation{"operation", FieldType::number, "1 asks, 2 answers"};
  FieldInfo sender_mac{"sender_mac", FieldType::mac, "hardware address of who speaks"};
  FieldInfo sender{"sender", FieldType::address, "address of who speaks"};
  FieldInfo target_mac{"target_mac", FieldType::mac, "hardware address asked for or told"};
  FieldInfo target{"target", FieldType::address, "who is asked for, or told"};
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
  bool is_ethernet_ipv4() const { return bytes_.size() == ArpHeader::kBytes; }
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
