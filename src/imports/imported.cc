#include "imports/imported.h"

namespace holter::imports {

void Imported::note(std::uint32_t line, std::string text) {
  if (notes.size() < kMaxNotes) return notes.push_back({line, std::move(text), false});
  notes.back() = {0, "and " + std::to_string(++left_out_ + 1) + " more that are not taken", false};
}

std::string unique_name(std::set<std::string>& taken, const std::string& wanted) {
  std::string name = wanted;
  for (std::size_t number = 2; !taken.insert(name).second; ++number) name = wanted + '-' + std::to_string(number);
  return name;
}

}  // namespace holter::imports
