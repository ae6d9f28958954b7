#include "app/banner.h"

#include <fmt/format.h>

namespace holter::app {

std::string banner(const std::vector<std::pair<std::string, std::string>>& lines) {
  std::string out;
  for (const auto& [word, text] : lines) {
    if (!text.empty()) out += fmt::format("{:<9} {}\n", word, text);
  }
  return out;
}

}  // namespace holter::app
