#include "filter/check.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <limits>

#include "filter/limits.h"

namespace holter::filter {
namespace {

constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();

bool has_order(Type type) {
  return type == Type::number || type == Type::duration || type == Type::size || type == Type::signed_number ||
         type == Type::decimal;
}

bool suits(Type type, Operator op) {
  switch (op) {
    case Operator::present: return type == Type::boolean;
    case Operator::equal: return true;
    case Operator::unequal: return type != Type::tcpdump;
    case Operator::below:
    case Operator::at_most:
    case Operator::above:
    case Operator::at_least: return has_order(type);
    case Operator::in:
    case Operator::not_in: return type != Type::boolean && type != Type::tcpdump;
    case Operator::contains: return type == Type::text || type == Type::bytes;
    case Operator::matches: return type == Type::text;
  }
  return false;
}

std::string example_of(const FieldInfo& field) {
  switch (field.type) {
    case Type::boolean: return fmt::format("'{0}' or 'not {0}'", field.name);
    case Type::number:
    case Type::signed_number:
    case Type::decimal: return fmt::format("'{} == 1'", field.name);
    case Type::bytes: return fmt::format("'{} == 0a0b' or 'contains'", field.name);
    case Type::address: return fmt::format("'{} == 10.0.0.0/8'", field.name);
    case Type::mac: return fmt::format("'{} == 02:00:5e:10:00:01'", field.name);
    case Type::text: return fmt::format("'{} == \"...\"', 'contains' or '~'", field.name);
    case Type::duration: return fmt::format("'{} > 20ms'", field.name);
    case Type::size: return fmt::format("'{} > 1KiB'", field.name);
    case Type::word: return fmt::format("'{} == {}'", field.name, field.words[0]);
    case Type::tcpdump: return fmt::format("'{}:\"tcp port 80\"'", field.name);
  }
  return "";
}

class Check {
 public:
  explicit Check(Subject subject) : subject_(subject) {}

  Compiled<Checked> whole(const Expression& expression) {
    Checked out;
    out.kind = expression.kind;
    if (expression.kind == Expression::Kind::comparison) {
      auto condition = compare(expression.comparison);
      if (!condition) return condition.error();
      out.condition = std::move(*condition);
    }
    for (const auto& operand : expression.operands) {
      auto inner = whole(operand);
      if (!inner) return inner;
      out.operands.push_back(std::move(*inner));
    }
    return out;
  }

 private:
  Compiled<Condition> compare(const Comparison& comparison) {
    const auto position = find_field(subject_, comparison.field);
    if (!position) return Mistake{comparison.field_span, why_no_field(subject_, comparison.field)};
    const FieldInfo& field = fields(subject_)[*position];
    if (!suits(field.type, comparison.op)) return unsuitable(field, comparison);
    Condition out{.field = *position};
    out.negated = comparison.op == Operator::unequal || comparison.op == Operator::not_in;
    const bool text = field.type == Type::text || field.type == Type::bytes;
    auto mistake = text                          ? read_text(field, comparison, out)
                   : field.type == Type::address ? read_addresses(field, comparison, out)
                   : field.type == Type::tcpdump ? read_tcpdump(comparison, out)
                                                 : read_numbers(field, comparison, out);
    if (mistake) return *mistake;
    return out;
  }

  static Mistake unsuitable(const FieldInfo& field, const Comparison& comparison) {
    const auto type = to_string(field.type);
    if (comparison.op == Operator::present) {
      return {comparison.field_span,
              fmt::format("'{}' is {} and needs a comparison: {}", field.name, type, example_of(field))};
    }
    const Span whole{comparison.field_span.begin, comparison.op_span.end};
    std::string message = fmt::format("'{}' is {}, for which there is no '{}'; write {}", field.name, type,
                                      to_string(comparison.op), example_of(field));
    if (field.type == Type::address) message += fmt::format(" or '{} in {{10.0.0.1..10.0.0.9}}'", field.name);
    return {whole, std::move(message)};
  }

  static std::optional<Mistake> read_addresses(const FieldInfo& field, const Comparison& comparison, Condition& out) {
    auto addresses = addresses_of(field, comparison.items);
    if (!addresses) return addresses.error();
    out.test = Condition::Test::addresses;
    out.addresses = std::move(*addresses);
    return std::nullopt;
  }

  static std::optional<Mistake> read_numbers(const FieldInfo& field, const Comparison& comparison, Condition& out) {
    if (comparison.op == Operator::present) {
      out.numbers = {{1, kMost}};
      return std::nullopt;
    }
    auto numbers = numbers_of(field, comparison.items);
    if (!numbers) return numbers.error();
    const std::uint64_t value = numbers->front().low;
    if (field.type == Type::boolean) {  // true is any number but 0; a field of two is true when either is
      out.negated = out.negated != (value == 0);
      out.numbers = {{1, kMost}};
      return std::nullopt;
    }
    const Span whole{comparison.field_span.begin, comparison.items.front().low.span.end};
    switch (comparison.op) {
      case Operator::below:
        if (value == 0) return Mistake{whole, "nothing is below 0"};
        out.numbers = {{0, value - 1}};
        break;
      case Operator::at_most: out.numbers = {{0, value}}; break;
      case Operator::above:
        if (value >= field.most) return Mistake{whole, fmt::format("no '{}' is above {}", field.name, value)};
        out.numbers = {{value + 1, kMost}};
        break;
      case Operator::at_least: out.numbers = {{value, kMost}}; break;
      default: out.numbers = std::move(*numbers);
    }
    return std::nullopt;
  }

  std::optional<Mistake> read_text(const FieldInfo& field, const Comparison& comparison, Condition& out) {
    for (const auto& [low, high] : comparison.items) {
      if (high) return Mistake{{low.span.begin, high->span.end}, "texts have no ranges"};
      const auto bytes = field.type == Type::bytes ? bytes_of(low.text) : low.text;
      if (!bytes) return Mistake{low.span, in_quotes(low.text) + " are no hexadecimal digits such as 0a0b or 0a:0b"};
      out.texts.push_back(*bytes);
    }
    out.test = comparison.op == Operator::contains ? Condition::Test::text_contains : Condition::Test::text_is;
    if (comparison.op != Operator::matches) return std::nullopt;
    out.test = Condition::Test::text_matches;
    const Literal& pattern = comparison.items.front().low;
    if (++patterns_ > kMaxPatterns) {
      return Mistake{pattern.span, fmt::format("the expression has more than {} regular expressions", kMaxPatterns)};
    }
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(kMaxPatternMemory);
    auto compiled = std::make_shared<const re2::RE2>(pattern.text, options);
    if (!compiled->ok()) {
      return Mistake{pattern.span, "this is no regular expression of RE2: " + in_quotes(compiled->error())};
    }
    out.pattern = std::move(compiled);
    return std::nullopt;
  }

  std::optional<Mistake> read_tcpdump(const Comparison& comparison, Condition& out) {
    const Literal& text = comparison.items.front().low;
    if (++tcpdump_ > kMaxTcpdumpExpressions) {
      return Mistake{text.span,
                     fmt::format("the expression has more than {} expressions of tcpdump", kMaxTcpdumpExpressions)};
    }
    auto compiled = TcpdumpExpression::compile(text.text);
    if (!compiled) return Mistake{text.span, "tcpdump does not take this: " + compiled.error().message};
    out.test = Condition::Test::tcpdump;
    out.tcpdump = std::make_shared<const TcpdumpExpression>(std::move(*compiled));
    return std::nullopt;
  }

  Subject subject_;
  std::size_t patterns_ = 0;
  std::size_t tcpdump_ = 0;
};

}  // namespace

bool Condition::text_holds(std::string_view text) const {
  switch (test) {
    case Test::text_is: return std::ranges::find(texts, text) != texts.end();
    case Test::text_contains: return text.find(texts.front()) != std::string_view::npos;
    case Test::text_matches: return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *pattern);
    case Test::numbers:
    case Test::addresses:
    case Test::tcpdump: break;
  }
  return false;
}

Compiled<Checked> check(Subject subject, const Expression& expression) { return Check(subject).whole(expression); }

}  // namespace holter::filter
