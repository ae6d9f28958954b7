// A checked expression in words again, for people who want to know what a filter has become. Pure.
#pragma once

#include <string>

#include "filter/check.h"

namespace holter::filter {

// "tcp.dst_port in {443, 8000..8099}", "not ipv4.more_fragments": an expression of the language but for very long
// lists, which are cut.
std::string condition_text(Subject subject, const Condition& condition);
std::string checked_text(Subject subject, const Checked& checked);

}  // namespace holter::filter
