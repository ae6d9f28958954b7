#include "filter/parser.h"

#include <utility>

#include "filter/json_form.h"
#include "filter/lexer.h"
#include "filter/limits.h"

namespace holter::filter {
namespace {

using Kind = Expression::Kind;

constexpr std::string_view kTcpdumpPrefix = "bpf:";

std::optional<Operator> operator_of(Sign sign) {
  switch (sign) {
    case Sign::equal: return Operator::equal;
    case Sign::unequal: return Operator::unequal;
    case Sign::below: return Operator::below;
    case Sign::at_most: return Operator::at_most;
    case Sign::above: return Operator::above;
    case Sign::at_least: return Operator::at_least;
    case Sign::in: return Operator::in;
    case Sign::contains: return Operator::contains;
    case Sign::matches: return Operator::matches;
    default: return std::nullopt;
  }
}

class Parser {
 public:
  Parser(std::string_view text, std::vector<Token> tokens) : text_(text), tokens_(std::move(tokens)) {}

  Compiled<Expression> whole() {
    if (token().sign == Sign::end) return Mistake{token().span, "the filter is empty"};
    auto expression = list(Kind::any);
    if (!expression || token().sign == Sign::end) return expression;
    if (token().sign == Sign::close) return Mistake{token().span, "this parenthesis closes nothing"};
    return Mistake{token().span, "'and' or 'or' is missing before " + here()};
  }

 private:
  const Token& token() const { return tokens_[at_]; }
  Token take() { return tokens_[at_ + 1 == tokens_.size() ? at_ : at_++]; }
  bool take_if(Sign sign) {
    if (token().sign != sign) return false;
    take();
    return true;
  }
  // What stands at the cursor, for messages.
  std::string here() const {
    if (token().sign == Sign::end) return "the end";
    return in_quotes(text_.substr(token().span.begin, token().span.end - token().span.begin));
  }
  Mistake expected(const std::string& what) const { return {token().span, what + " is expected, not " + here()}; }

  // Operands with 'or' or 'and' between them.
  Compiled<Expression> list(Kind kind) {
    const Sign between = kind == Kind::any ? Sign::logical_or : Sign::logical_and;
    Expression out;
    out.kind = kind;
    do {
      auto operand = kind == Kind::any ? list(Kind::all) : unary();
      if (!operand) return operand;
      if (operand->kind == kind) {  // of the same kind, in parentheses
        for (auto& inner : operand->operands) out.operands.push_back(std::move(inner));
      } else {
        out.operands.push_back(std::move(*operand));
      }
    } while (take_if(between));
    if (out.operands.size() > 1) return out;
    Expression only = std::move(out.operands.front());
    return only;
  }

  Compiled<Expression> unary() {
    const bool nested = token().sign == Sign::logical_not || token().sign == Sign::open;
    if (!nested) return comparison();
    if (depth_ == kMaxDepth) {
      return Mistake{token().span,
                     "'not' and parentheses stand more than " + std::to_string(kMaxDepth) + " deep within each other"};
    }
    ++depth_;
    auto out = token().sign == Sign::open ? parenthesis() : negation();
    --depth_;
    return out;
  }

  Compiled<Expression> negation() {
    take();
    auto operand = unary();
    if (!operand) return operand;
    Expression out;
    out.kind = Kind::negation;
    out.operands.push_back(std::move(*operand));
    return out;
  }

  Compiled<Expression> parenthesis() {
    const Span open = take().span;
    auto inner = list(Kind::any);
    if (!inner || take_if(Sign::close)) return inner;
    if (token().sign == Sign::end) return Mistake{open, "this parenthesis is never closed"};
    return Mistake{token().span, "'and', 'or' or ')' is missing before " + here()};
  }

  Compiled<Expression> comparison() {
    if (token().sign == Sign::text) {
      return Mistake{token().span, "a field is expected, not a text; write the field and an operator before it"};
    }
    if (token().sign != Sign::word) return expected("a field");
    if (++terms_ > kMaxTerms) {
      return Mistake{token().span, "the expression has more than " + std::to_string(kMaxTerms) + " comparisons"};
    }
    Expression out;
    Comparison& comparison = out.comparison;
    if (token().text.starts_with(kTcpdumpPrefix)) return tcpdump(std::move(out));
    const Token field = take();
    comparison.field = field.text;
    comparison.field_span = comparison.op_span = field.span;
    const bool negated_list = token().sign == Sign::logical_not && tokens_[at_ + 1].sign == Sign::in;
    const std::size_t op_begin = token().span.begin;
    if (negated_list) take();
    const auto op = operator_of(token().sign);
    if (!op) return out;
    comparison.op = negated_list ? Operator::not_in : *op;
    comparison.op_span = {op_begin, take().span.end};
    if (auto mistake = *op == Operator::in ? values(comparison.items) : one_value(comparison)) return *mistake;
    return out;
  }

  // bpf:"tcp port 80", or bpf:icmp.
  Compiled<Expression> tcpdump(Expression out) {
    const Token word = take();
    out.comparison.field = kTcpdumpField;
    out.comparison.field_span = out.comparison.op_span = word.span;
    out.comparison.op = Operator::equal;
    Literal text{word.text.substr(kTcpdumpPrefix.size()), true, word.span};
    if (text.text.empty()) {
      if (token().sign != Sign::text) return expected("an expression of tcpdump in quotes");
      const Token quoted = take();
      text = {quoted.text, true, quoted.span};
    }
    out.comparison.items.push_back({std::move(text), std::nullopt});
    return out;
  }

  std::optional<Mistake> one_value(Comparison& comparison) {
    if (token().sign == Sign::list_open) return Mistake{token().span, "a list stands behind 'in' only"};
    auto low = literal();
    if (!low) return low.error();
    if (token().sign == Sign::range) return Mistake{token().span, "a range stands in a list: in {1..5}"};
    comparison.items.push_back({std::move(*low), std::nullopt});
    return std::nullopt;
  }

  std::optional<Mistake> values(std::vector<Item>& items) {
    const Span open = token().span;
    if (!take_if(Sign::list_open)) return Mistake{open, "a list in braces is expected after 'in': in {443, 8443}"};
    while (token().sign != Sign::list_close) {
      if (items.size() == kMaxListEntries) {
        return Mistake{token().span, "the list has more than " + std::to_string(kMaxListEntries) + " entries"};
      }
      if (auto mistake = item(items)) return mistake;
      if (take_if(Sign::comma) || token().sign == Sign::list_close) continue;
      if (token().sign == Sign::end) return Mistake{open, "this list is never closed"};
      return expected("',' or '}'");
    }
    const Span close = take().span;
    if (items.empty()) return Mistake{{open.begin, close.end}, "the list is empty"};
    return std::nullopt;
  }

  std::optional<Mistake> item(std::vector<Item>& items) {
    auto low = literal();
    if (!low) return low.error();
    items.push_back({std::move(*low), std::nullopt});
    if (!take_if(Sign::range)) return std::nullopt;
    auto high = literal();
    if (!high) return high.error();
    items.back().high = std::move(*high);
    return std::nullopt;
  }

  Compiled<Literal> literal() {
    if (token().sign != Sign::word && token().sign != Sign::text) return expected("a value");
    Token found = take();
    return Literal{std::move(found.text), found.sign == Sign::text, found.span};
  }

  std::string_view text_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  std::size_t terms_ = 0;
};

}  // namespace

Compiled<Expression> parse(std::string_view text) {
  auto tokens = tokens_of(text);
  if (!tokens) return tokens.error();
  return Parser(text, std::move(*tokens)).whole();
}

Compiled<Expression> parse(Subject subject, std::string_view text) {
  return is_json(text) ? parse_json(subject, text) : parse(text);
}

}  // namespace holter::filter
