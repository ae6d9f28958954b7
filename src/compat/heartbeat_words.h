// What the heartbeats ancestor told people, in its words: what both of its programs say at the start, and the lines of
// a session's life, made from holter's own records. Whoever shows them puts the time before. Text of a client goes
// through UntrustedText. Pure.
#pragma once

#include <string>
#include <vector>

#include "base/time.h"
#include "compat/heartbeat_segments.h"
#include "record/record.h"

namespace holter::compat {

std::string hub_welcome();
std::string client_welcome();
std::string own_address_words(const base::IpAddress& address);

// No line for a record that the ancestor did not know.
std::vector<std::string> words_of(const record::Record& record);
// An answer to a pulse, which is no message of a session and no record.
std::string said_words(const base::IpAddress& client, std::string_view text);
std::string silence_words(std::string_view session, base::Duration silent_for);

// The header fields of a segment, as its --debug had them; several lines.
std::string header_words(const HeartbeatSegment& segment);

}  // namespace holter::compat
