// Values as people write them, read into what a program compares: numbers of every kind into ranges of 64 bits,
// addresses and prefixes into ranges of 128 bits, each in the order of their family. Pure.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ip.h"
#include "filter/expression.h"
#include "filter/field.h"

namespace holter::filter {

// Both ends belong to it.
struct NumberRange {
  std::uint64_t low = 0;
  std::uint64_t high = 0;

  friend bool operator==(const NumberRange&, const NumberRange&) = default;
};

// An address as a number; one of IPv4 has its 32 bits in `low`.
struct Wide {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  friend auto operator<=>(const Wide&, const Wide&) = default;
};

struct WideRange {
  Wide low;
  Wide high;

  friend bool operator==(const WideRange&, const WideRange&) = default;
};

struct AddressSet {
  std::vector<WideRange> v4;  // sorted, apart
  std::vector<WideRange> v6;

  bool contains(bool is_v6, const Wide& address) const;
};

// The zone of an address does not count.
Wide wide_of(const base::IpAddress& address);

bool contains(std::span<const NumberRange> sorted, std::uint64_t value);

// Numbers with a sign or a fraction as numbers of 64 bits in the same order.
std::uint64_t ordered(std::int64_t value);
std::uint64_t ordered(double value);

// The bytes that hexadecimal digits say, "0a0b" or "0a:0b"; nothing when they are no such digits.
std::optional<std::string> bytes_of(std::string_view digits);

// Sorts and joins what overlaps or touches.
std::vector<NumberRange> joined(std::vector<NumberRange> ranges);

// The value of a literal for a field of any type but address and text.
Compiled<std::uint64_t> number_of(const FieldInfo& field, const Literal& literal);
Compiled<std::vector<NumberRange>> numbers_of(const FieldInfo& field, const std::vector<Item>& items);
Compiled<AddressSet> addresses_of(const FieldInfo& field, const std::vector<Item>& items);

}  // namespace holter::filter
