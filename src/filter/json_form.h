// The JSON form of the language: an object of protocols, each an object of attributes. All must match; of a list of
// objects any may; {} says that the protocol is there. It becomes the same Expression as the text form, with the
// ancestor's names (ancestor_names.h) turned into holter's. Names are looked up here, because only the field tells
// whether "10-20" is a range or a text. Pure.
//
//   {"IPv4": {"Source_Address": "10.0.0.0/8"}, "TCP": {"Destination_Port": [443, "8000-8099"], "Flags": {"SYN": 1}}}
//   ipv4.src == 10.0.0.0/8 and tcp.dst_port in {443, 8000..8099} and tcp.syn
#pragma once

#include <string_view>

#include "filter/expression.h"
#include "filter/field.h"

namespace holter::filter {

// No expression of the text form begins so.
bool is_json(std::string_view text);

Compiled<Expression> parse_json(Subject subject, std::string_view text);

}  // namespace holter::filter
