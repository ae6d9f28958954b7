// From text to Expression: or, and, not, parentheses, comparisons; 'and' binds more closely than 'or', 'not' most
// closely. Recursive descent of at most kMaxDepth. Of the JSON form, json_form.h tells. Pure.
#pragma once

#include <string_view>

#include "filter/expression.h"
#include "filter/field.h"

namespace holter::filter {

// The text form.
Compiled<Expression> parse(std::string_view text);
// Either form: JSON when it begins as that does.
Compiled<Expression> parse(Subject subject, std::string_view text);

}  // namespace holter::filter
