#include "filter/json_form.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "base/nearest.h"
#include "filter/ancestor_names.h"
#include "filter/json_text.h"
#include "filter/lexer.h"
#include "filter/limits.h"

namespace holter::filter {
namespace {

using Kind = JsonValue::Kind;

Expression joined(Expression::Kind kind, std::vector<Expression> parts) {
  if (parts.size() == 1) return std::move(parts.front());
  Expression out;
  out.kind = kind;
  for (auto& part : parts) {
    if (part.kind != kind) {
      out.operands.push_back(std::move(part));
      continue;
    }
    for (auto& inner : part.operands) out.operands.push_back(std::move(inner));
  }
  return out;
}

bool has_ranges(Type type) {
  return type == Type::number || type == Type::size || type == Type::duration || type == Type::address;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = std::min(text.find_first_not_of(' '), text.size());
  return text.substr(first, text.find_last_not_of(' ') + 1 - first);
}

Literal literal_of(std::string_view text, Span span) { return {std::string(text), !is_bare_word(text), span}; }

// "1000-2000" or "1000..2000".
Item item_of(const FieldInfo& field, std::string_view text, Span span) {
  if (has_ranges(field.type)) {
    const bool dots = text.find("..") != std::string_view::npos;
    const std::size_t between = dots ? text.find("..") : text.find('-');
    if (between != std::string_view::npos) {
      const auto high = trimmed(text.substr(between + (dots ? 2 : 1)));
      return {literal_of(trimmed(text.substr(0, between)), span), literal_of(high, span)};
    }
  }
  return {literal_of(text, span), std::nullopt};
}

std::optional<std::uint64_t> whole_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

void scale(Literal& literal, std::uint64_t factor) {
  const auto value = whole_number(literal.text);
  if (value && *value <= 0xffff'ffff) literal.text = std::to_string(*value * factor);
}

Expression truth(std::string_view field, bool value, Span span) {
  Expression out;
  out.comparison.field = field;
  out.comparison.field_span = out.comparison.op_span = span;
  if (value) return out;
  out.comparison.op = Operator::equal;
  out.comparison.items.push_back({literal_of("false", span), std::nullopt});
  return out;
}

class Translation {
 public:
  explicit Translation(Subject subject) : subject_(subject) {}

  Compiled<Expression> any(const std::vector<JsonValue>& values) {
    std::vector<Expression> filters;
    for (const auto& value : values) {
      auto one = value.kind == Kind::list ? list(value) : filter(value);
      if (!one) return one;
      filters.push_back(std::move(*one));
    }
    return joined(Expression::Kind::any, std::move(filters));
  }

 private:
  // Where an attribute is looked for: "TCP" with "Flags." before it, and "tcp" among holter's own names.
  struct Place {
    std::string_view layer;
    std::string before;
    std::string path;
  };
  using Terms = std::vector<Expression>;

  Compiled<Expression> list(const JsonValue& value) {
    if (value.items.empty()) return Mistake{value.span, "the list is empty"};
    return any(value.items);
  }

  Compiled<Expression> filter(const JsonValue& value) {
    if (value.kind != Kind::object) return Mistake{value.span, "a filter is an object of protocols: {\"tcp\": {}}"};
    if (value.members.empty()) return Mistake{value.span, "this filter names no protocol"};
    Terms terms;
    for (const auto& member : value.members) {
      if (auto mistake = layer(member, terms)) return *mistake;
    }
    return joined(Expression::Kind::all, std::move(terms));
  }

  std::optional<Mistake> layer(const JsonMember& member, Terms& terms) {
    const std::string& name = member.name;
    const bool ancestors = subject_is_packets() &&
                           std::ranges::find(ancestor_names(), name, &AncestorName::layer) != ancestor_names().end();
    if (!ancestors && member.value.kind != Kind::object) return attribute({{}, "", ""}, member, terms);
    const AncestorName* const own = ancestors ? find_ancestor_name(name, "") : nullptr;
    const std::string path(ancestors ? own->field : name);
    if (!ancestors && !is_group(path) && !find_field(subject_, path)) return no_layer(member);
    if (member.value.kind != Kind::object) return Mistake{member.value.span, "an object of attributes is expected"};
    if (member.value.members.empty() && path.empty()) {
      return Mistake{member.name_span, fmt::format("'{}' is no protocol: {}", name, own->why)};
    }
    return group({ancestors ? std::string_view(name) : std::string_view(), "", path}, member, terms);
  }

  std::optional<Mistake> group(const Place& place, const JsonMember& member, Terms& terms) {
    if (member.value.members.empty()) {
      const auto field = find_field(subject_, place.path);
      if (!field) return Mistake{member.name_span, why_no_field(subject_, place.path)};
      return count(member, truth(place.path, true, member.name_span), terms);
    }
    for (const auto& inner : member.value.members) {
      if (auto mistake = attribute(place, inner, terms)) return mistake;
    }
    return std::nullopt;
  }

  std::optional<Mistake> attribute(const Place& place, const JsonMember& member, Terms& terms) {
    const std::string theirs = place.before + member.name;
    const std::string ours = place.path.empty() ? member.name : place.path + '.' + member.name;
    if (const AncestorName* const known = find_ancestor_name(place.layer, theirs); known != nullptr) {
      return known_attribute(*known, member, terms);
    }
    const bool object = member.value.kind == Kind::object;
    const auto field = find_field(subject_, ours);
    const bool range = object && is_range(member.value);
    if (field && (!object || range)) return comparison(fields(subject_)[*field], 1, member, terms);
    if (object && (field || is_group(ours) || has_below(place.layer, theirs + '.'))) {
      return group({place.layer, theirs + '.', ours}, member, terms);
    }
    return no_attribute(place, member, ours);
  }

  std::optional<Mistake> known_attribute(const AncestorName& known, const JsonMember& member, Terms& terms) {
    if (known.field.empty()) {
      return Mistake{member.name_span,
                     fmt::format("no field is '{}' of {}: {}", known.attribute, known.layer, known.why)};
    }
    if (known.field.find(',') != std::string_view::npos) return bits(known.field, member, terms);
    const auto field = find_field(subject_, known.field);
    if (!field) return Mistake{member.name_span, why_no_field(subject_, known.field)};
    if (known.only == 0) return comparison(fields(subject_)[*field], known.scale, member, terms);
    const auto number = whole_number(member.value.text);
    if (!number) return Mistake{member.value.span, "a number is expected"};
    return count(member, truth(known.field, *number == known.only, member.name_span), terms);
  }

  // Flags as one number, the highest bit first.
  std::optional<Mistake> bits(std::string_view names, const JsonMember& member, Terms& terms) {
    const auto count_of_bits = static_cast<unsigned>(std::ranges::count(names, ',')) + 1;
    const auto number = whole_number(member.value.text);
    if (!number || *number >> count_of_bits != 0) {
      return Mistake{member.value.span, fmt::format("a number of {} bits is expected", count_of_bits)};
    }
    for (unsigned bit = count_of_bits; bit-- > 0;) {
      const std::string_view name = names.substr(0, names.find(','));
      names.remove_prefix(std::min(name.size() + 1, names.size()));
      if (!find_field(subject_, name)) return Mistake{member.name_span, why_no_field(subject_, name)};
      if (auto mistake = count(member, truth(name, (*number >> bit & 1) != 0, member.name_span), terms)) return mistake;
    }
    return std::nullopt;
  }

  std::optional<Mistake> comparison(const FieldInfo& field, std::uint64_t factor, const JsonMember& member,
                                    Terms& terms) {
    const JsonValue& value = member.value;
    if (field.type == Type::boolean && (value.text == "1" || value.text == "true")) {
      return count(member, truth(field.name, true, member.name_span), terms);
    }
    if (field.type == Type::boolean && value.text == "0") {
      return count(member, truth(field.name, false, member.name_span), terms);
    }
    Expression out;
    out.comparison.field = field.name;
    out.comparison.field_span = out.comparison.op_span = member.name_span;
    auto& items = out.comparison.items;
    if (value.kind == Kind::list) {
      if (value.items.empty()) return Mistake{value.span, "the list is empty"};
      for (const auto& entry : value.items) {
        if (auto mistake = put_item(field, entry, items)) return mistake;
      }
    } else if (auto mistake = put_item(field, value, items)) {
      return mistake;
    }
    for (auto& [low, high] : items) {
      if (factor != 1) scale(low, factor);
      if (factor != 1 && high) scale(*high, factor);
    }
    const bool one = items.size() == 1 && !items.front().high;
    if (field.type == Type::tcpdump) items.front().low.quoted = true;
    out.comparison.op = one ? Operator::equal : Operator::in;
    return count(member, std::move(out), terms);
  }

  static std::optional<Mistake> put_item(const FieldInfo& field, const JsonValue& value, std::vector<Item>& items) {
    if (value.kind == Kind::object && is_range(value)) {
      const bool turned = value.members[0].name == "to";
      const JsonValue& low = value.members[turned ? 1 : 0].value;
      const JsonValue& high = value.members[turned ? 0 : 1].value;
      items.push_back({literal_of(low.text, low.span), literal_of(high.text, high.span)});
      return std::nullopt;
    }
    const bool plain = value.kind == Kind::text || value.kind == Kind::number || value.kind == Kind::truth;
    if (!plain) {
      return Mistake{value.span, "a value is expected: a text, a number, a list of them, or {\"from\": 1, \"to\": 5}"};
    }
    items.push_back(item_of(field, ancestor_value(value.text).value_or(value.text), value.span));
    return std::nullopt;
  }

  std::optional<Mistake> count(const JsonMember& member, Expression term, Terms& terms) {
    if (++terms_ > kMaxTerms) {
      return Mistake{member.name_span, "the expression has more than " + std::to_string(kMaxTerms) + " comparisons"};
    }
    terms.push_back(std::move(term));
    return std::nullopt;
  }

  static bool is_range(const JsonValue& value) {
    const auto& m = value.members;
    const auto plain = [](const JsonMember& x) { return x.value.kind == Kind::text || x.value.kind == Kind::number; };
    return m.size() == 2 && plain(m[0]) && plain(m[1]) &&
           ((m[0].name == "from" && m[1].name == "to") || (m[0].name == "to" && m[1].name == "from"));
  }

  bool subject_is_packets() const { return subject_ == Subject::packets; }

  // Fields' names begin with it.
  bool is_group(const std::string& path) const {
    return std::ranges::any_of(fields(subject_),
                               [&](const FieldInfo& field) { return field.name.starts_with(path + '.'); });
  }

  static bool has_below(std::string_view layer, std::string_view before) {
    return std::ranges::any_of(ancestor_names(), [&](const AncestorName& row) {
      return row.layer == layer && row.attribute.starts_with(before);
    });
  }

  Mistake no_layer(const JsonMember& member) const {
    std::set<std::string> names;
    for (const auto& field : fields(subject_)) names.emplace(field.name.substr(0, field.name.find('.')));
    if (subject_is_packets()) {
      for (const auto& row : ancestor_names()) names.emplace(row.layer);
    }
    const std::vector<std::string> candidates(names.begin(), names.end());
    return {member.name_span, fmt::format("there is no protocol {}{}", in_quotes(member.name),
                                          base::did_you_mean(member.name, candidates))};
  }

  Mistake no_attribute(const Place& place, const JsonMember& member, const std::string& ours) const {
    if (place.path.empty()) return {member.name_span, why_no_field(subject_, ours)};
    std::vector<std::string> candidates;
    for (const auto& row : ancestor_names()) {
      const bool here = row.layer == place.layer && row.attribute.starts_with(place.before);
      if (here && row.attribute != place.before) candidates.emplace_back(row.attribute.substr(place.before.size()));
    }
    for (const auto& field : fields(subject_)) {
      if (field.name.starts_with(place.path + '.')) candidates.emplace_back(field.name.substr(place.path.size() + 1));
    }
    return {member.name_span, fmt::format("'{}' has no attribute {}{}", place.path, in_quotes(member.name),
                                          base::did_you_mean(member.name, candidates))};
  }

  Subject subject_;
  std::size_t terms_ = 0;
};

}  // namespace

bool is_json(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && (text[first] == '{' || text[first] == '[');
}

Compiled<Expression> parse_json(Subject subject, std::string_view text) {
  if (text.size() > kMaxExpressionBytes) return too_long(text);
  const auto values = json_values_of(text);
  if (!values) return values.error();
  return Translation(subject).any(*values);
}

}  // namespace holter::filter
