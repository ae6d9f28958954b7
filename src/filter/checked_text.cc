#include "filter/checked_text.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <bit>
#include <limits>
#include <vector>

#include "base/ip.h"
#include "base/time.h"

namespace holter::filter {
namespace {

constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
constexpr std::size_t kShownValues = 32;

double decimal_of(std::uint64_t ordered_bits) {
  constexpr std::uint64_t kSign = std::uint64_t{1} << 63;
  return std::bit_cast<double>((ordered_bits & kSign) != 0 ? ordered_bits & ~kSign : ~ordered_bits);
}

std::string number_text(const FieldInfo& field, std::uint64_t value) {
  switch (field.type) {
    case Type::mac: {
      std::string out;
      for (int shift = 40; shift >= 0; shift -= 8)
        out += fmt::format("{}{:02x}", out.empty() ? "" : ":", value >> shift & 0xff);
      return out;
    }
    case Type::word: return std::string(value < field.words.size() ? field.words[value] : "?");
    case Type::signed_number: return std::to_string(static_cast<std::int64_t>(value ^ std::uint64_t{1} << 63));
    case Type::decimal: return fmt::format("{}", decimal_of(value));
    case Type::duration: return fmt::format("{}us", static_cast<double>(value) / 1'000);
    default: return std::to_string(value);
  }
}

std::string address_text(bool v6, const Wide& wide) {
  if (!v6) return to_string(base::IpAddress::v4(static_cast<std::uint32_t>(wide.low)));
  std::array<std::uint8_t, 16> bytes{};
  for (unsigned i = 0; i < 16; ++i) {
    bytes[i] = static_cast<std::uint8_t>((i < 8 ? wide.high : wide.low) >> (56 - i % 8 * 8));
  }
  return to_string(base::IpAddress::v6(bytes));
}

void add_addresses(bool v6, const std::vector<WideRange>& ranges, std::vector<std::string>& out) {
  for (const auto& [low, high] : ranges) {
    out.push_back(address_text(v6, low) + (low == high ? "" : ".." + address_text(v6, high)));
  }
}

std::string quoted(std::string_view text) {
  Comparison comparison;
  comparison.op = Operator::equal;
  comparison.items.push_back({{std::string(text), true, {}}, std::nullopt});
  Expression expression;
  expression.comparison = comparison;
  return print(expression).substr(4);
}

std::vector<std::string> values_of(const FieldInfo& field, const Condition& condition) {
  std::vector<std::string> out;
  for (const auto& [low, high] : condition.numbers) {
    out.push_back(number_text(field, low) + (low == high ? "" : ".." + number_text(field, std::min(high, field.most))));
  }
  add_addresses(false, condition.addresses.v4, out);
  add_addresses(true, condition.addresses.v6, out);
  for (const auto& text : condition.texts) out.push_back(quoted(text));
  return out;
}

std::string listed(const FieldInfo& field, const Condition& condition) {
  auto values = values_of(field, condition);
  const bool one = values.size() == 1 && values[0].find("..") == std::string::npos;
  if (one) return (condition.negated ? " != " : " == ") + values[0];
  const std::size_t more = values.size() - std::min(values.size(), kShownValues);
  values.resize(values.size() - more);
  if (more != 0) values.push_back(fmt::format("and {} more", more));
  return fmt::format("{} {{{}}}", condition.negated ? " not in" : " in", fmt::join(values, ", "));
}

}  // namespace

std::string condition_text(Subject subject, const Condition& condition) {
  const FieldInfo& field = fields(subject)[condition.field];
  const std::string name(field.name);
  const std::string negation = condition.negated ? "not " : "";
  switch (condition.test) {
    case Condition::Test::text_contains: return negation + name + " contains " + quoted(condition.texts.front());
    case Condition::Test::text_matches: return negation + name + " ~ " + quoted(condition.pattern->pattern());
    case Condition::Test::tcpdump: return name + ':' + quoted(condition.tcpdump->text());
    case Condition::Test::numbers:
      if (field.type == Type::boolean) return name + (condition.negated ? " == false" : "");
      if (condition.numbers.size() == 1 && condition.numbers[0].high == kMost && condition.numbers[0].low != kMost) {
        return negation + name + " >= " + number_text(field, condition.numbers[0].low);
      }
      break;
    case Condition::Test::addresses:
    case Condition::Test::text_is: break;
  }
  return name + listed(field, condition);
}

std::string checked_text(Subject subject, const Checked& checked) {
  if (checked.kind == Expression::Kind::comparison) return condition_text(subject, checked.condition);
  const auto inner = [&](const Checked& part) {
    const bool list = part.kind == Expression::Kind::all || part.kind == Expression::Kind::any;
    return list ? '(' + checked_text(subject, part) + ')' : checked_text(subject, part);
  };
  if (checked.kind == Expression::Kind::negation) return "not " + inner(checked.operands.front());
  std::string out;
  for (const Checked& operand : checked.operands) {
    if (!out.empty()) out += checked.kind == Expression::Kind::all ? " and " : " or ";
    out += inner(operand);
  }
  return out;
}

}  // namespace holter::filter
