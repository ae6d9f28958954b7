// SmokePing's file as a tree: sections, places below them, and their keys with the lines where they stand. Pure; the
// text is hostile.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "imports/imported.h"

namespace holter::imports {

struct SmokepingKey {
  std::string value;
  std::uint32_t line = 0;
};

struct SmokepingNode {
  std::string name;
  std::uint32_t line = 0;
  std::map<std::string, SmokepingKey> keys = {};
  std::vector<SmokepingNode> below = {};
};

// One node a section. What is in other files (@include) is noted.
base::Result<std::vector<SmokepingNode>> parse_smokeping(std::string_view text, Imported& notes);

}  // namespace holter::imports
