// The fields of a TCP header (RFC 9293) and of its options (tcp_options.h). Constants; any thread.
#pragma once

#include "wire/field.h"

namespace holter::wire {

struct TcpFields {
  FieldInfo src_port{"src_port", FieldType::number, "the sender's port"};
  FieldInfo dst_port{"dst_port", FieldType::number, "the receiver's port"};
  FieldInfo sequence{"sequence", FieldType::number, "of the first byte, as on the wire"};
  FieldInfo acknowledgment{"acknowledgment", FieldType::number, "the next byte expected, as on the wire"};
  FieldInfo header_length{"header_length", FieldType::number, "bytes"};
  FieldInfo flags{"flags", FieldType::number, "all twelve bits"};
  FieldInfo ns{"ns", FieldType::flag, "accurate ECN (RFC 3540)"};
  FieldInfo cwr{"cwr", FieldType::flag, "congestion window reduced"};
  FieldInfo ece{"ece", FieldType::flag, "ECN echo"};
  FieldInfo urg{"urg", FieldType::flag, "urgent"};
  FieldInfo ack{"ack", FieldType::flag, "acknowledges"};
  FieldInfo psh{"psh", FieldType::flag, "push"};
  FieldInfo rst{"rst", FieldType::flag, "reset"};
  FieldInfo syn{"syn", FieldType::flag, "opens"};
  FieldInfo fin{"fin", FieldType::flag, "closes"};
  FieldInfo window{"window", FieldType::number, "as on the wire, not scaled"};
  FieldInfo checksum{"checksum", FieldType::number, "over addresses, header and payload"};
  FieldInfo checksum_state{"checksum_state", FieldType::word, "good, bad or unverified"};
  FieldInfo urgent_pointer{"urgent_pointer", FieldType::number, "of urgent bytes"};
  FieldInfo payload_length{"payload_length", FieldType::number, "bytes of the segment behind the header"};
  FieldInfo option{"option", FieldType::group, "an option, padding included", Occurs::often};
  FieldInfo option_kind{"option.kind", FieldType::number, "which"};
  FieldInfo option_name{"option.name", FieldType::word, "its name, where it has one"};
  FieldInfo option_length{"option.length", FieldType::number, "bytes, kind and length included"};
  FieldInfo mss{"option.mss", FieldType::number, "maximum segment size, bytes"};
  FieldInfo window_scale{"option.window_scale", FieldType::number, "bits to shift the window by"};
  FieldInfo sack_left{"option.sack_left", FieldType::number, "first byte of a block that was received", Occurs::often};
  FieldInfo sack_right{"option.sack_right", FieldType::number, "the byte behind that block", Occurs::often};
  FieldInfo timestamp{"option.timestamp", FieldType::number, "the sender's clock (RFC 7323)"};
  FieldInfo timestamp_echo{"option.timestamp_echo", FieldType::number, "the last timestamp received"};
  FieldInfo cookie{"option.cookie", FieldType::bytes, "of TCP fast open (RFC 7413); empty asks for one"};
  FieldInfo mptcp_subtype{"option.mptcp_subtype", FieldType::number, "which part of multipath TCP (RFC 8684)"};
  FieldInfo mptcp_name{"option.mptcp_name", FieldType::word, "the name of that part"};
  FieldInfo user_timeout{"option.user_timeout", FieldType::number, "seconds (RFC 5482)"};
  FieldInfo digest{"option.digest", FieldType::bytes, "MD5 (RFC 2385) or authentication code (RFC 5925)"};
  FieldInfo key_id{"option.key_id", FieldType::number, "of the authentication code"};
  FieldInfo next_key_id{"option.next_key_id", FieldType::number, "the key the sender is ready to receive"};
  FieldInfo experiment{"option.experiment", FieldType::number, "which experiment (RFC 6994)"};
  FieldInfo option_bytes{"option.bytes", FieldType::bytes, "what an option without fields of its own holds"};
};
inline constexpr TcpFields kTcpFields;

}  // namespace holter::wire
