// A condition of Gatus, "[STATUS] == any(200, 204)", as an expectation of holter. Pure; the text is hostile.
#pragma once

#include <string>
#include <string_view>
#include <variant>

namespace holter::imports {

struct GatusCondition {
  std::string expect = {};     // in the filter language; empty: a probe that is ok fulfils it anyway
  std::string json_path = {};  // what the probe must look up for it
};

// Or why it cannot be one, as the end of a sentence.
std::variant<GatusCondition, std::string> read_condition(std::string_view text);

}  // namespace holter::imports
