// The fields of an SCTP packet (RFC 9260) and of its chunks (sctp_chunk.h). Constants; any thread.
#pragma once

#include "wire/field.h"

namespace holter::wire {

struct SctpFields {
  FieldInfo src_port{"src_port", FieldType::number, "the sender's port"};
  FieldInfo dst_port{"dst_port", FieldType::number, "the receiver's port"};
  FieldInfo verification_tag{"verification_tag", FieldType::number, "the association, as the receiver named it"};
  FieldInfo checksum{"checksum", FieldType::number, "CRC32C over the packet"};
  FieldInfo checksum_state{"checksum_state", FieldType::word, "good, bad or unverified"};
  FieldInfo chunk{"chunk", FieldType::group, "a chunk", Occurs::often};
  FieldInfo type{"chunk.type", FieldType::number, "what the chunk is: 0 data, 1 INIT, 3 SACK"};
  FieldInfo name{"chunk.name", FieldType::word, "its name, where it has one"};
  FieldInfo flags{"chunk.flags", FieldType::number, "of the type; of data: 4 unordered, 2 first, 1 last fragment"};
  FieldInfo length{"chunk.length", FieldType::number, "bytes, header included, padding not"};
  FieldInfo tsn{"chunk.tsn", FieldType::number, "transmission sequence number of data"};
  FieldInfo stream{"chunk.stream", FieldType::number, "which stream"};
  FieldInfo stream_sequence{"chunk.stream_sequence", FieldType::number, "of the message in its stream"};
  FieldInfo payload_protocol{"chunk.payload_protocol", FieldType::number, "what the data are; 0 is not said"};
  FieldInfo initiate_tag{"chunk.initiate_tag", FieldType::number, "what the peer shall put into verification_tag"};
  FieldInfo receiver_window{"chunk.receiver_window", FieldType::number, "bytes that the sender can take"};
  FieldInfo outbound_streams{"chunk.outbound_streams", FieldType::number, "that the sender wants"};
  FieldInfo inbound_streams{"chunk.inbound_streams", FieldType::number, "that the sender can take"};
  FieldInfo initial_tsn{"chunk.initial_tsn", FieldType::number, "the first that the sender will use"};
  FieldInfo cumulative_tsn{"chunk.cumulative_tsn", FieldType::number, "all up to it were received"};
  FieldInfo gap_start{"chunk.gap_start", FieldType::number, "of a received block, from cumulative_tsn", Occurs::often};
  FieldInfo gap_end{"chunk.gap_end", FieldType::number, "of that block", Occurs::often};
  FieldInfo duplicate_tsn{"chunk.duplicate_tsn", FieldType::number, "received more than once", Occurs::often};
  FieldInfo cause{"chunk.cause", FieldType::number, "why an association is aborted, or what was wrong", Occurs::often};
  FieldInfo parameter{"chunk.parameter", FieldType::group, "of INIT, its acknowledgment, and others", Occurs::often};
  FieldInfo parameter_type{"chunk.parameter.type", FieldType::number, "which"};
  FieldInfo parameter_length{"chunk.parameter.length", FieldType::number, "bytes, header included, padding not"};
  FieldInfo parameter_address{"chunk.parameter.address", FieldType::address, "another address of the sender"};
  FieldInfo parameter_bytes{"chunk.parameter.bytes", FieldType::bytes, "the value of any other"};
};
inline constexpr SctpFields kSctpFields;

}  // namespace holter::wire
