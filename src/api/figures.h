// Figures are what the parts of holter count of themselves (datagrams by kind, connections given up), as /metrics shows
// them. Names and labels are literals of the program; a part replaces all of its figures at once. Plain values.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace holter::api {

// One family of OpenMetrics, "holter_pulse_datagrams" say, with a sample for each value of its one label.
struct FigureFamily {
  struct Sample {
    std::string_view word;  // the label's value; empty: no label
    std::uint64_t value = 0;
  };
  std::string_view name;
  std::string_view help;
  std::string_view label;
  bool goes_up_only = true;  // a counter, not a gauge
  std::vector<Sample> samples;
};

using Figures = std::map<std::string, std::vector<FigureFamily>>;  // by the part that counts

}  // namespace holter::api
