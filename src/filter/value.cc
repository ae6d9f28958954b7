#include "filter/value.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <utility>

#include "base/nearest.h"
#include "base/units.h"

namespace holter::filter {
namespace {

constexpr std::size_t kMacBytes = 6;
constexpr std::uint64_t kAllOnes = ~std::uint64_t{0};

std::optional<std::uint64_t> whole_number(std::string_view text) {
  const bool hexadecimal = text.starts_with("0x") || text.starts_with("0X");
  if (hexadecimal) text.remove_prefix(2);
  std::uint64_t value = 0;
  const char* const last = text.data() + text.size();
  const auto [end, failure] = std::from_chars(text.data(), last, value, hexadecimal ? 16 : 10);
  if (failure != std::errc() || end != last) return std::nullopt;
  return value;
}

template <class T>
std::optional<std::uint64_t> ordered_number(std::string_view text) {
  T value = 0;
  const char* const last = text.data() + text.size();
  const auto [end, failure] = std::from_chars(text.data(), last, value);
  if (failure != std::errc() || end != last) return std::nullopt;
  return ordered(value);
}

// "02:00:5e:10:00:01", in either case.
std::optional<std::uint64_t> mac_number(std::string_view text) {
  if (text.size() != kMacBytes * 3 - 1) return std::nullopt;
  std::uint64_t value = 0;
  for (std::size_t at = 0; at < text.size(); at += 3) {
    unsigned byte = 0;
    const auto [end, failure] = std::from_chars(text.data() + at, text.data() + at + 2, byte, 16);
    const bool separated = at + 2 == text.size() || text[at + 2] == ':';
    if (failure != std::errc() || end != text.data() + at + 2 || !separated) return std::nullopt;
    value = value << 8 | byte;
  }
  return value;
}

std::optional<std::uint64_t> duration_number(std::string_view text) {
  if (text == "0" || text == "0s" || text == "0ms") return 0;
  const auto duration = base::parse_duration(text);
  if (!duration) return std::nullopt;
  return static_cast<std::uint64_t>(duration->in_nanoseconds());
}

std::optional<std::uint64_t> value_of(const FieldInfo& field, std::string_view text) {
  switch (field.type) {
    case Type::boolean:
      if (text != "true" && text != "false") return std::nullopt;
      return text == "true" ? 1 : 0;
    case Type::number: return whole_number(text);
    case Type::mac: return mac_number(text);
    case Type::duration: return duration_number(text);
    case Type::size: {
      const auto plain = whole_number(text);
      return plain ? plain : base::parse_size(text);
    }
    case Type::word: {
      const auto word = std::ranges::find(field.words, text);
      if (word == field.words.end()) return std::nullopt;
      return static_cast<std::uint64_t>(word - field.words.begin());
    }
    case Type::signed_number: return ordered_number<std::int64_t>(text);
    case Type::decimal: return ordered_number<double>(text);
    case Type::address:
    case Type::bytes:
    case Type::tcpdump:
    case Type::text: break;
  }
  return std::nullopt;
}

std::string wrong_value(const FieldInfo& field, std::string_view text) {
  const std::string is_no = in_quotes(text) + " is not " + std::string(to_string(field.type));
  switch (field.type) {
    case Type::number: return is_no + " such as 443 or 0x1bb";
    case Type::mac: return is_no + " such as 02:00:5e:10:00:01";
    case Type::duration: return is_no + " with its unit, such as 20ms or 1.5s";
    case Type::size: return is_no + " such as 1500 or 64KiB";
    case Type::address: return is_no + " or prefix such as 192.0.2.1, 10.0.0.0/8 or 2001:db8::/32";
    case Type::word: {
      const std::vector<std::string> words(field.words.begin(), field.words.end());
      return fmt::format("{} is no value of '{}'; its values: {}{}", in_quotes(text), field.name,
                         fmt::join(words, ", "), base::did_you_mean(text, words));
    }
    case Type::signed_number: return is_no + " such as 12 or -5";
    case Type::decimal: return is_no + " such as 12, -5 or 0.25";
    case Type::boolean:
    case Type::bytes:
    case Type::tcpdump:
    case Type::text: break;
  }
  return is_no;
}

Mistake wrong_range(const Literal& low, const Literal& high) {
  return {{low.span.begin, high.span.end}, "the range ends before it begins"};
}

// The addresses of "10.0.0.0/8", or of one address.
struct Network {
  bool is_v6 = false;
  WideRange range;
};

std::uint64_t lower_ones(unsigned count) { return count >= 64 ? kAllOnes : (std::uint64_t{1} << count) - 1; }

Compiled<Network> network_of(const FieldInfo& field, const Literal& literal) {
  const std::string_view text = literal.text;
  const std::size_t slash = text.find('/');
  const auto address = base::IpAddress::parse(text.substr(0, slash));
  if (!address || address->zone() != 0) return Mistake{literal.span, wrong_value(field, text)};
  const unsigned bits = address->is_v4() ? 32 : 128;
  std::uint64_t prefix = bits;
  if (slash != std::string_view::npos) {
    const auto length = whole_number(text.substr(slash + 1));
    if (!length || *length > bits) {
      return Mistake{literal.span, fmt::format("the prefix length of {} is not from 0 to {}", in_quotes(text), bits)};
    }
    prefix = *length;
  }
  const auto host_bits = static_cast<unsigned>(bits - prefix);
  const Wide base = wide_of(*address);
  const Wide mask{host_bits > 64 ? lower_ones(host_bits - 64) : 0, lower_ones(host_bits)};
  const Wide low{base.high & ~mask.high, base.low & ~mask.low};
  if (low != base) {
    return Mistake{literal.span, fmt::format("{} has bits behind its prefix of {}; one address has no prefix",
                                             in_quotes(text), prefix)};
  }
  return Network{!address->is_v4(), {low, {low.high | mask.high, low.low | mask.low}}};
}

template <class Range, class Touches>
std::vector<Range> merged(std::vector<Range> ranges, Touches touches) {
  std::ranges::sort(ranges, {}, &Range::low);
  std::vector<Range> out;
  for (const auto& range : ranges) {
    if (out.empty() || !touches(out.back(), range)) {
      out.push_back(range);
    } else {
      out.back().high = std::max(out.back().high, range.high);
    }
  }
  return out;
}

std::vector<WideRange> joined(std::vector<WideRange> ranges) {
  return merged(std::move(ranges), [](const WideRange& a, const WideRange& b) { return b.low <= a.high; });
}

bool holds(const std::vector<WideRange>& ranges, const Wide& address) {
  const auto after = std::ranges::upper_bound(ranges, address, {}, &WideRange::low);
  return after != ranges.begin() && address <= std::prev(after)->high;
}

}  // namespace

bool AddressSet::contains(bool is_v6, const Wide& address) const { return holds(is_v6 ? v6 : v4, address); }

Wide wide_of(const base::IpAddress& address) {
  Wide out;
  const base::Bytes bytes = address.bytes();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (bytes.size() == 16 && i == 8) out.high = std::exchange(out.low, 0);
    out.low = out.low << 8 | bytes[i];
  }
  return out;
}

bool contains(std::span<const NumberRange> sorted, std::uint64_t value) {
  const auto after = std::ranges::upper_bound(sorted, value, {}, &NumberRange::low);
  return after != sorted.begin() && value <= std::prev(after)->high;
}

std::uint64_t ordered(std::int64_t value) { return static_cast<std::uint64_t>(value) ^ std::uint64_t{1} << 63; }

std::uint64_t ordered(double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value == 0 ? 0.0 : value);  // there are two zeros
  constexpr std::uint64_t kSign = std::uint64_t{1} << 63;
  return (bits & kSign) != 0 ? ~bits : bits | kSign;
}

std::optional<std::string> bytes_of(std::string_view digits) {
  std::string out;
  for (std::size_t at = 0; at < digits.size(); at += 2) {
    if (at != 0 && digits[at] == ':') ++at;
    unsigned byte = 0;
    const std::string_view two = digits.substr(std::min(at, digits.size()), 2);
    const auto [end, failure] = std::from_chars(two.data(), two.data() + two.size(), byte, 16);
    if (failure != std::errc() || two.size() != 2 || end != two.data() + 2) return std::nullopt;
    out += static_cast<char>(byte);
  }
  return out;
}

std::vector<NumberRange> joined(std::vector<NumberRange> ranges) {
  return merged(std::move(ranges),
                [](const NumberRange& a, const NumberRange& b) { return a.high == kAllOnes || b.low <= a.high + 1; });
}

Compiled<std::uint64_t> number_of(const FieldInfo& field, const Literal& literal) {
  const auto value = value_of(field, literal.text);
  if (!value) return Mistake{literal.span, wrong_value(field, literal.text)};
  if (*value > field.most) {
    return Mistake{literal.span, fmt::format("{} is too large: '{}' is at most {}", *value, field.name, field.most)};
  }
  return *value;
}

Compiled<std::vector<NumberRange>> numbers_of(const FieldInfo& field, const std::vector<Item>& items) {
  std::vector<NumberRange> out;
  for (const auto& [low, high] : items) {
    const auto first = number_of(field, low);
    if (!first) return first.error();
    out.push_back({*first, *first});
    if (!high) continue;
    if (field.type == Type::word || field.type == Type::mac) {
      return Mistake{{low.span.begin, high->span.end},
                     fmt::format("'{}' is {}, which has no ranges", field.name, to_string(field.type))};
    }
    const auto last = number_of(field, *high);
    if (!last) return last.error();
    if (*last < *first) return wrong_range(low, *high);
    out.back().high = *last;
  }
  // Values without ranges stay apart when they are neighbours.
  if (field.type == Type::word || field.type == Type::mac) {
    return merged(std::move(out), [](const NumberRange& a, const NumberRange& b) { return a == b; });
  }
  return joined(std::move(out));
}

Compiled<AddressSet> addresses_of(const FieldInfo& field, const std::vector<Item>& items) {
  AddressSet out;
  for (const auto& [low, high] : items) {
    auto network = network_of(field, low);
    if (!network) return network.error();
    if (high) {
      const auto last = network_of(field, *high);
      if (!last) return last.error();
      const Span whole{low.span.begin, high->span.end};
      if (network->is_v6 != last->is_v6)
        return Mistake{whole, "the range begins in one IP version and ends in another"};
      const bool single = network->range.low == network->range.high && last->range.low == last->range.high;
      if (!single) return Mistake{whole, "a range of addresses goes from one address to another, not between prefixes"};
      if (last->range.low < network->range.low) return wrong_range(low, *high);
      network->range.high = last->range.high;
    }
    (network->is_v6 ? out.v6 : out.v4).push_back(network->range);
  }
  out.v4 = joined(std::move(out.v4));
  out.v6 = joined(std::move(out.v6));
  return out;
}

}  // namespace holter::filter
