// Cisco Discovery Protocol, version 1 and 2, as the devices speak it (there is no standard): a header and TLVs whose
// length counts their own four bytes. Every TLV is a group of fields; unknown ones are listed by number and bytes. The
// checksum is the Internet's but for messages of odd length: their last byte is added as a signed number.
#pragma once

#include "wire/decoder.h"

namespace holter::wire {

struct CdpFields {
  FieldInfo version{"version", FieldType::number, "1 or 2"};
  FieldInfo ttl{"ttl", FieldType::number, "seconds for which it holds"};
  FieldInfo checksum{"checksum", FieldType::number, "over the message"};
  FieldInfo checksum_state{"checksum_state", FieldType::word, "good, bad or unverified"};
  FieldInfo tlv{"tlv", FieldType::group, "one piece of what the sender says", Occurs::often};
  FieldInfo type{"tlv.type", FieldType::number, "1 device, 2 addresses, 3 port"};
  FieldInfo length{"tlv.length", FieldType::number, "bytes, with type and length"};
  FieldInfo device_id{"tlv.device_id", FieldType::text, "the sender's name"};
  FieldInfo address_count{"tlv.address_count", FieldType::number, "addresses in the list"};
  FieldInfo address{"tlv.address", FieldType::address, "of the sender", Occurs::often};
  FieldInfo port_id{"tlv.port_id", FieldType::text, "the sender's port"};
  FieldInfo capabilities{"tlv.capabilities", FieldType::number, "what it can: 1 is a router, 8 a switch"};
  FieldInfo software{"tlv.software", FieldType::text, "version of the software"};
  FieldInfo platform{"tlv.platform", FieldType::text, "what device it is"};
  FieldInfo gateway{"tlv.gateway", FieldType::address, "default gateway of on-demand routing"};
  FieldInfo prefix{"tlv.prefix", FieldType::group, "a network that is reached through it", Occurs::often};
  FieldInfo prefix_address{"tlv.prefix.address", FieldType::address, "the network"};
  FieldInfo prefix_length{"tlv.prefix.length", FieldType::number, "bits of the network"};
  FieldInfo vtp_domain{"tlv.vtp_domain", FieldType::text, "VTP management domain"};
  FieldInfo native_vlan{"tlv.native_vlan", FieldType::number, "VLAN of untagged frames"};
  FieldInfo full_duplex{"tlv.full_duplex", FieldType::flag, "the port is full duplex"};
  FieldInfo voice_vlan{"tlv.voice_vlan", FieldType::number, "VLAN for telephones"};
  FieldInfo power_consumption{"tlv.power_consumption", FieldType::number, "milliwatts that it takes"};
  FieldInfo mtu{"tlv.mtu", FieldType::number, "bytes"};
  FieldInfo trust{"tlv.trust", FieldType::number, "1: the marks of the attached device are trusted"};
  FieldInfo untrusted_cos{"tlv.untrusted_cos", FieldType::number, "class of service for what is not trusted"};
  FieldInfo system_name{"tlv.system_name", FieldType::text, "the system's name"};
  FieldInfo object_id{"tlv.object_id", FieldType::bytes, "the system's object identifier"};
  FieldInfo location{"tlv.location", FieldType::text, "where it stands"};
  FieldInfo request_id{"tlv.request_id", FieldType::number, "of a talk about power"};
  FieldInfo management_id{"tlv.management_id", FieldType::number, "of a talk about power"};
  FieldInfo power_requested{"tlv.power_requested", FieldType::number, "milliwatts", Occurs::often};
  FieldInfo power_available{"tlv.power_available", FieldType::number, "milliwatts", Occurs::often};
  FieldInfo value{"tlv.value", FieldType::bytes, "of a TLV that is not read further"};
};
inline constexpr CdpFields kCdpFields;

class CdpView {
 public:
  static constexpr std::size_t kBytes = 4;
  static Parsed<CdpView> parse(Window window);

  std::uint8_t version() const { return bytes_[0]; }
  std::uint8_t ttl() const { return bytes_[1]; }
  std::uint16_t checksum() const { return load_u16(bytes_, 2); }

 private:
  explicit CdpView(Bytes bytes) : bytes_(bytes) {}
  Bytes bytes_;
};

// Over a whole message, its checksum included.
bool cdp_checksum_good(Bytes message);

Next decode_cdp(Decoder& decoder);

}  // namespace holter::wire
