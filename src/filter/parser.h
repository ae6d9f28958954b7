// From text to Expression: or, and, not, parentheses, comparisons; 'and' binds more closely than 'or', 'not' most
// closely. Recursive descent of at most kMaxDepth. Pure.
#pragma once

#include <string_view>

#include "filter/expression.h"

namespace holter::filter {

Compiled<Expression> parse(std::string_view text);

}  // namespace holter::filter
