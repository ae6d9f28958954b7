// An expression as it is written, before anybody asks whether its fields exist: the tree that the parser makes and the
// type check reads. print() writes it again, so that parse(print(x)) is x. Value type.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "filter/mistake.h"

namespace holter::filter {

enum class Operator : std::uint8_t {
  present,  // the field's name alone
  equal,
  unequal,
  below,
  at_most,
  above,
  at_least,
  in,
  not_in,
  contains,
  matches,
};

// As it is written: "==", "not in".
std::string_view to_string(Operator op);

struct Literal {
  std::string text;
  bool quoted = false;
  Span span;

  // Where it stands does not make it another.
  friend bool operator==(const Literal& a, const Literal& b) { return a.text == b.text && a.quoted == b.quoted; }
};

// One value, or the range low..high.
struct Item {
  Literal low;
  std::optional<Literal> high;

  friend bool operator==(const Item&, const Item&) = default;
};

struct Comparison {
  std::string field;
  Span field_span;
  Operator op = Operator::present;
  Span op_span;
  std::vector<Item> items;  // none for present; one unless `op` is in or not_in

  friend bool operator==(const Comparison& a, const Comparison& b) {
    return a.field == b.field && a.op == b.op && a.items == b.items;
  }
};

// bpf:"tcp port 80" is read as bpf == "tcp port 80", and printed as it was written.
inline constexpr std::string_view kTcpdumpField = "bpf";

struct Expression {
  enum class Kind : std::uint8_t { comparison, all, any, negation };

  Kind kind = Kind::comparison;
  Comparison comparison;
  std::vector<Expression> operands;  // of all and any: at least two, none of the same kind; of negation: one

  friend bool operator==(const Expression&, const Expression&) = default;
};

std::string print(const Expression& expression);

}  // namespace holter::filter
