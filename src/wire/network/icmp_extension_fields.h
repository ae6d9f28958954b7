// The fields of what stands behind the quote of an ICMP or ICMPv6 error (icmp_extension.h): a part of the fields of
// either. Constants; any thread.
#pragma once

#include "wire/field.h"

namespace holter::wire {

struct IcmpExtensionFields {
  FieldInfo version{"extension_version", FieldType::number, "of the objects behind the quote (RFC 4884)"};
  FieldInfo checksum{"extension_checksum", FieldType::number, "over the objects; 0 is none"};
  FieldInfo checksum_state{"extension_checksum_state", FieldType::word, "good, bad, unverified or none"};
  FieldInfo object{"object", FieldType::group, "an extension object", Occurs::often};
  FieldInfo object_class{"object.class", FieldType::number, "1 MPLS labels, 2 an interface, 3 asked interface"};
  FieldInfo object_type{"object.type", FieldType::number, "of the class"};
  FieldInfo object_length{"object.length", FieldType::number, "bytes, header included"};
  FieldInfo label{"object.label", FieldType::number, "an MPLS label of the stack (RFC 4950)", Occurs::often};
  FieldInfo label_class{"object.traffic_class", FieldType::number, "of that label", Occurs::often};
  FieldInfo label_bottom{"object.bottom", FieldType::flag, "the last of its stack", Occurs::often};
  FieldInfo label_ttl{"object.ttl", FieldType::number, "of that label", Occurs::often};
  FieldInfo interface_role{"object.role", FieldType::number, "0 incoming, 1 its IP part, 2 outgoing, 3 next hop"};
  FieldInfo interface_index{"object.interface_index", FieldType::number, "ifIndex (RFC 5837)"};
  FieldInfo interface_address{"object.address", FieldType::address, "of the interface"};
  FieldInfo interface_name{"object.interface_name", FieldType::text, "of the interface"};
  FieldInfo interface_mtu{"object.mtu", FieldType::number, "of the interface, bytes"};
  FieldInfo object_bytes{"object.bytes", FieldType::bytes, "of any other object"};
};

}  // namespace holter::wire
