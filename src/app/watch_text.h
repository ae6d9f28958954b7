// What `holter sessions watch` draws, from the API's answer. Pure: it knows neither the terminal nor a clock.
#pragma once

#include <string>
#include <vector>

#include "base/time.h"
#include "term/screen.h"

namespace holter::app {

// The heading, the table, and how many more there are; `lines` are the objects that the API answered with.
std::string watch_text(const std::vector<std::string>& lines, bool with_agent, const term::Screen& screen,
                       base::WallTime now);

}  // namespace holter::app
