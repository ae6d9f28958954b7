// What holter says of itself when it starts: where the page is, what it captures, probes, listens to and keeps, and its
// own addresses. Pure.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace holter::app {

// One "word      what" line each, in order; entries without a text are left out.
std::string banner(const std::vector<std::pair<std::string, std::string>>& lines);

}  // namespace holter::app
