// What `holter filter explain` says of a filter, for people and as JSON. Pure.
#pragma once

#include <string>

#include "filter/explain.h"
#include "term/screen.h"

namespace holter::app {

std::string explanation_text(filter::Subject subject, const filter::Explanation& explanation,
                             const term::Screen& screen);
std::string explanation_json(filter::Subject subject, const filter::Explanation& explanation);

}  // namespace holter::app
