// Where things stand in a list: nlohmann's parser keeps no places, so an iterator counts the lines that it has taken.
// Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <string>
#include <vector>

namespace holter::imports {

// Reads a text and counts its lines into somewhere else, which outlives it.
class LineCounter {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  LineCounter(const char* at, std::uint32_t& line) : at_(at), line_(&line) {}

  reference operator*() const { return *at_; }
  LineCounter& operator++() {
    if (*at_ == '\n') ++*line_;
    ++at_;
    return *this;
  }
  LineCounter operator++(int) {
    LineCounter before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const LineCounter& a, const LineCounter& b) { return a.at_ == b.at_; }

 private:
  const char* at_;
  std::uint32_t* line_;
};

struct EntryLines {
  std::uint32_t line = 0;                     // where it begins
  std::map<std::string, std::uint32_t> keys;  // where each of its keys stands
};

}  // namespace holter::imports
