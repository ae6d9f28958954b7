// Words that the importers have in common: options and expectations as holter writes them, durations as others do.
// Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "imports/imported.h"

namespace holter::imports {

// A text as the filter language quotes it.
std::string quoted(std::string_view text);

// "status in {200, 404}"; the values are written as they are.
std::string one_of(std::string_view fact, const std::vector<std::string>& values);

// "30s", "1m30s", "1h", as Go writes it. Empty when it is none.
std::optional<base::Duration> go_duration(std::string_view text);

// 'a "name"', cut and safe, for a note.
std::string shown(std::string_view text);

std::string lower_case(std::string_view text);
bool is_number(std::string_view text);

}  // namespace holter::imports
