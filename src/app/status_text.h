// `holter status` as text: the API's JSON laid out for a terminal, the same figures as on the page. Pure. Every string
// from the JSON is treated as text from outside.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "term/screen.h"

namespace holter::app {

// `status`: {"health":…, "targets":[…], "sessions":[…], "capture":[…], "conversations":[…]} with docs/api.md's shapes.
std::string status_text(const nlohmann::json& status, const term::Screen& screen);

}  // namespace holter::app
