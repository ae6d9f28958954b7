// What a pulse datagram says, as the words of a log line: type=pulse session=db1 sequence=1 … For people who watch the
// datagrams go by (--debug). Name and text come from outside and are escaped; of a text kMaxTextInWords bytes are said.
// Pure.
#pragma once

#include <string>

#include "heartbeat/pulse.h"

namespace holter::heartbeat {

inline constexpr std::size_t kMaxTextInWords = 256;

std::string pulse_words(const PulseView& view);

}  // namespace holter::heartbeat
