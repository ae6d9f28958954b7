// The fields of an IGMP message of any version. Constants; any thread.
#pragma once

#include "wire/field.h"

namespace holter::wire {

struct IgmpFields {
  FieldInfo version{"version", FieldType::number, "1, 2 or 3, as type and length say"};
  FieldInfo type{"type", FieldType::number, "what the message is"};
  FieldInfo name{"name", FieldType::word, "its name, where it has one"};
  FieldInfo max_response{"max_response", FieldType::number, "tenths of a second to answer in"};
  FieldInfo checksum{"checksum", FieldType::number, "over the message"};
  FieldInfo checksum_state{"checksum_state", FieldType::word, "good, bad or unverified"};
  FieldInfo group{"group", FieldType::address, "the group asked about, joined or left; 0.0.0.0 is all"};
  FieldInfo suppress{"suppress", FieldType::flag, "other routers shall not take this query as news"};
  FieldInfo robustness{"robustness", FieldType::number, "the querier's robustness variable"};
  FieldInfo query_interval{"query_interval", FieldType::number, "the querier's, in seconds"};
  FieldInfo source_count{"source_count", FieldType::number, "sources asked about"};
  FieldInfo source{"source", FieldType::address, "asked about", Occurs::often};
  FieldInfo record_count{"record_count", FieldType::number, "records of a report"};
  FieldInfo record{"record", FieldType::group, "what the sender wants of one group", Occurs::often};
  FieldInfo record_type{"record.type", FieldType::number,
                        "1 includes, 2 excludes, 3 and 4 change to, 5 allows, 6 blocks"};
  FieldInfo record_aux_length{"record.aux_length", FieldType::number, "bytes of data behind the sources"};
  FieldInfo record_group{"record.group", FieldType::address, "the group"};
  FieldInfo record_source_count{"record.source_count", FieldType::number, "sources of the record"};
  FieldInfo record_source{"record.source", FieldType::address, "a source", Occurs::often};
};
inline constexpr IgmpFields kIgmpFields;

}  // namespace holter::wire
