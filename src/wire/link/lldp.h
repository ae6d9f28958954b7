// LLDP (IEEE 802.1AB): a list of TLVs of 7 bits type and 9 bits length, up to the one that ends it. Every TLV is a
// group of fields; those of 802.1 (annex D of 802.1Q) and 802.3 (clause 79) are read, others are listed by OUI, subtype
// and bytes. A TLV that is shorter than its type needs, or runs out of the frame, is Anomaly::bad_option.
#pragma once

#include "wire/decoder.h"
#include "wire/link/lldp_fields.h"

namespace holter::wire {

Next decode_lldp(Decoder& decoder);

}  // namespace holter::wire
