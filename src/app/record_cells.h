// The cells of a record's row, one function for each kind of record; `record` is the API's object. Texts come out safe
// for the terminal. Pure but for the zone of local_time.h.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "base/time.h"
#include "term/table.h"

namespace holter::app {

using Cells = std::vector<term::Cell>;

Cells result_cells(const nlohmann::json& record, base::WallTime now);
Cells session_cells(const nlohmann::json& record, base::WallTime now);
// Of `holter sessions watch`: what changes while one looks.
Cells watched_session_cells(const nlohmann::json& record, base::WallTime now);
Cells change_cells(const nlohmann::json& record, base::WallTime now);
Cells packet_cells(const nlohmann::json& record, base::WallTime now);
Cells conversation_cells(const nlohmann::json& record, base::WallTime now);
Cells network_cells(const nlohmann::json& record, base::WallTime now);

// A member's text as it may stand on a terminal; empty when it is none.
std::string shown_text(const nlohmann::json& object, const char* key);
// "192.0.2.1:443" where the protocol has ports, else the address.
std::string shown_endpoint(const nlohmann::json& object, const char* address, const char* port);
// "1.5 KiB"; "-" when it is no number. Of an array of two: the one at `index`.
std::string shown_size(const nlohmann::json& value);
// Seconds and milliseconds as a duration in words; "-" when there is none.
std::string shown_seconds(const nlohmann::json& value);
std::string shown_milliseconds(const nlohmann::json& value);
term::Tone tone_of_session(const std::string& state);

}  // namespace holter::app
