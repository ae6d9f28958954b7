// The table of a trace: a line for each router of each hop. Pure.
#pragma once

#include <string>

#include "record/path.h"
#include "term/screen.h"

namespace holter::app {

// "hop  address  min  avg  max  count" and behind it labels and what a router said. A hop that nobody answered for is
// a star, one that was taken over from the trace to another target has no times.
std::string path_table(const record::Path& path, const term::Screen& screen);

}  // namespace holter::app
