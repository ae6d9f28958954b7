// The fields of the frame itself, which whoever read it knows: its number and time, lengths, and what is wrong.
#pragma once

#include "wire/field.h"

namespace holter::wire {

struct FrameFields {
  FieldInfo number{"number", FieldType::number, "in the file or the capture, from 1"};
  FieldInfo time{"time", FieldType::word, "when it was captured, in UTC with nanoseconds"};
  FieldInfo interface{"interface", FieldType::text, "where it was captured"};
  FieldInfo link_type{"link_type", FieldType::number, "LINKTYPE of tcpdump.org"};
  FieldInfo captured_length{"captured_length", FieldType::number, "bytes that were captured"};
  FieldInfo original_length{"original_length", FieldType::number, "bytes on the wire"};
  FieldInfo decode_end{"decode_end", FieldType::word, "why decoding ended: complete, or what was in the way"};
  FieldInfo truncated{"truncated", FieldType::flag, "a header was cut by the capture"};
  FieldInfo anomalies{"anomalies", FieldType::word, "what is wrong with it", Occurs::often};
  FieldInfo left_out{"left_out", FieldType::number, "fields for which there was no room"};
};
inline constexpr FrameFields kFrameFields;

}  // namespace holter::wire
