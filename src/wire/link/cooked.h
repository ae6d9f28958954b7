// Linux "cooked" captures (LINKTYPE_LINUX_SLL and _SLL2, tcpdump.org): what a capture on the interface "any" has in
// place of a link header. Only the sender's address is there; of what device and in which direction comes with it.
#pragma once

#include <optional>

#include "wire/decoder.h"

namespace holter::wire {

struct LinuxCookedFields {
  FieldInfo packet_type{"packet_type", FieldType::number, "0 to us, 1 broadcast, 2 multicast, 3 to another, 4 from us"};
  FieldInfo hardware_type{"hardware_type", FieldType::number, "ARPHRD of the interface"};
  FieldInfo address_length{"address_length", FieldType::number, "of the sender"};
  FieldInfo src{"src", FieldType::bytes, "the sender's address"};
  FieldInfo type{"type", FieldType::number, "ether type"};
  FieldInfo interface{"interface", FieldType::number, "index of the interface, version 2 only"};
};
inline constexpr LinuxCookedFields kLinuxCookedFields;

// Version 1 is 16 bytes: packet type, ARPHRD, address length, address (8), protocol. Version 2 is 20: protocol,
// reserved, interface index (4), ARPHRD, packet type (1), address length (1), address (8).
class CookedView {
 public:
  static Parsed<CookedView> parse_v1(Window window);
  static Parsed<CookedView> parse_v2(Window window);

  std::size_t size() const { return bytes_.size(); }
  std::uint16_t protocol() const { return load_u16(bytes_, v2() ? 0 : 14); }
  std::uint16_t hardware_type() const { return load_u16(bytes_, v2() ? 8 : 2); }
  // Of the address that the first of the sender's bytes are.
  std::size_t address_length() const { return v2() ? bytes_[11] : load_u16(bytes_, 4); }
  std::uint16_t packet_type() const { return v2() ? bytes_[10] : load_u16(bytes_, 0); }
  std::optional<std::uint32_t> interface_index() const {
    return v2() ? std::optional(load_u32(bytes_, 4)) : std::nullopt;
  }
  Bytes address() const { return bytes_.subspan(v2() ? 12 : 6, 8); }

 private:
  explicit CookedView(Bytes bytes) : bytes_(bytes) {}
  bool v2() const { return bytes_.size() == kV2Bytes; }

  static constexpr std::size_t kV1Bytes = 16;
  static constexpr std::size_t kV2Bytes = 20;
  Bytes bytes_;
};

Next decode_cooked_v1(Decoder& decoder);
Next decode_cooked_v2(Decoder& decoder);

}  // namespace holter::wire
