#include "filter/expression.h"

#include <array>

namespace holter::filter {
namespace {

std::string print(const Literal& literal) {
  if (!literal.quoted) return literal.text;
  std::string out = "\"";
  for (const char c : literal.text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

bool is_tcpdump(const Comparison& comparison) {
  return comparison.field == kTcpdumpField && comparison.op == Operator::equal && comparison.items.size() == 1;
}

std::string print(const Item& item) { return print(item.low) + (item.high ? ".." + print(*item.high) : ""); }

std::string print(const Comparison& comparison) {
  if (comparison.op == Operator::present) return comparison.field;
  if (is_tcpdump(comparison)) {
    Literal quoted = comparison.items.front().low;
    quoted.quoted = true;
    return comparison.field + ':' + print(quoted);
  }
  std::string values;
  for (const auto& item : comparison.items) values += (values.empty() ? "" : ", ") + print(item);
  if (comparison.op == Operator::in || comparison.op == Operator::not_in) values = '{' + values + '}';
  return comparison.field + ' ' + std::string(to_string(comparison.op)) + ' ' + values;
}

std::string in_parentheses(const Expression& expression) {
  const bool list = expression.kind == Expression::Kind::all || expression.kind == Expression::Kind::any;
  return list ? '(' + print(expression) + ')' : print(expression);
}

}  // namespace

std::string_view to_string(Operator op) {
  constexpr std::array<std::string_view, 11> words = {"",   "==", "!=",     "<",        "<=", ">",
                                                      ">=", "in", "not in", "contains", "~"};
  return words.at(static_cast<std::size_t>(op));
}

std::string print(const Expression& expression) {
  switch (expression.kind) {
    case Expression::Kind::comparison: return print(expression.comparison);
    case Expression::Kind::negation: return "not " + in_parentheses(expression.operands.front());
    case Expression::Kind::all:
    case Expression::Kind::any: break;
  }
  const std::string between = expression.kind == Expression::Kind::all ? " and " : " or ";
  std::string out;
  for (const auto& operand : expression.operands) out += (out.empty() ? "" : between) + in_parentheses(operand);
  return out;
}

}  // namespace holter::filter
