// Asks a filter about a packet as it is stored: its head is decoded again, so that every field can be asked that could
// be when it was captured. What only the whole frame told (sums over the payload) is in the record. Any thread.
#pragma once

#include "filter/packet_filter.h"
#include "record/traffic.h"

namespace holter::filter {

bool matches_stored(const PacketFilter& filter, const record::PacketRecord& record);

}  // namespace holter::filter
