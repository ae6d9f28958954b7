// Change is what notifiers tell of: a stored change of a session's state under the name of its record. Plain values.
#pragma once

#include <string>

#include "record/record.h"

namespace holter::notify {

struct Change {
  record::RecordId id;
  record::PulseChange body;
};

// The session as one text: whoever listens to it, whether a key proves it, and its name.
std::string session_key(const Change& change);
// The id that receivers see, the same in every try and that of the record in the API: "AGENT/EPOCH/LANE/SEQUENCE".
std::string id_text(const record::RecordId& id);

}  // namespace holter::notify
