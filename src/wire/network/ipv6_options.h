// The options of hop-by-hop and destination headers (RFC 8200, 4.2): type, length, value; type 0 is a byte of padding.
// Read in one pass that also lists them when somebody wants that. Each option takes a step. Pure.
#pragma once

#include "wire/field_list.h"
#include "wire/steps.h"
#include "wire/window.h"

namespace holter::wire {

struct Ipv6OptionsFound {
  bool right = true;               // none runs out of the header, none has a length that it may not have
  std::uint32_t jumbo_length = 0;  // of a jumbogram (RFC 2675); 0 without
  Bytes home_address;              // of a mobile node (RFC 6275, 6.3); empty without
};

// `out` may be null.
Ipv6OptionsFound read_ipv6_options(Bytes options, Steps& steps, FieldList* out);

}  // namespace holter::wire
