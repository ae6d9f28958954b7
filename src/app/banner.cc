#include "app/banner.h"

#include <fmt/format.h>

#include "base/untrusted_text.h"

namespace holter::app {

std::string banner(const std::vector<std::pair<std::string, std::string>>& lines) {
  std::string out;
  for (const auto& [word, text] : lines) {
    if (!text.empty()) out += fmt::format("{:<9} {}\n", word, base::visible(text, base::Lines::escape));
  }
  return out;
}

}  // namespace holter::app
