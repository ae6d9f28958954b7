// A packet as it is stored, decoded again from its head: every field of every layer is there that was when it was
// captured, and can be asked. What only the whole frame told (sums over the payload) is in the record. Any thread.
#pragma once

#include "filter/packet_filter.h"
#include "record/traffic.h"
#include "wire/field_list.h"

namespace holter::filter {

// `fields` is filled too when it is not null. Its values point into the record.
wire::Packet decode_stored(const record::PacketRecord& record, wire::FieldList* fields);

bool matches_stored(const PacketFilter& filter, const record::PacketRecord& record);

}  // namespace holter::filter
