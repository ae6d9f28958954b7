// The type check: an Expression against the table of a subject becomes a Checked tree, in which every comparison is one
// question about one field, with its values read. Pure.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "filter/expression.h"
#include "filter/field.h"
#include "filter/tcpdump_expression.h"
#include "filter/value.h"

namespace re2 {
class RE2;
}

namespace holter::filter {

// Holds for a field when any of its sides is in `numbers`, in `addresses`, or as `texts` or `pattern` say; `negated`
// when it has a value and none is. `tcpdump` asks the bytes of the frame.
struct Condition {
  enum class Test : std::uint8_t { numbers, addresses, text_is, text_contains, text_matches, tcpdump };

  std::size_t field = 0;  // in fields(subject)
  Test test = Test::numbers;
  bool negated = false;
  std::vector<NumberRange> numbers = {};  // sorted, apart; empty: never
  AddressSet addresses = {};
  std::vector<std::string> texts = {};
  std::shared_ptr<const re2::RE2> pattern = {};
  std::shared_ptr<const TcpdumpExpression> tcpdump = {};

  bool text_holds(std::string_view text) const;
};

struct Checked {
  Expression::Kind kind = Expression::Kind::comparison;
  Condition condition;
  std::vector<Checked> operands;
};

Compiled<Checked> check(Subject subject, const Expression& expression);

}  // namespace holter::filter
