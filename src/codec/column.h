// One column's values <-> bytes, by the kind of value. A column knows nothing of records: it is given pointers to one
// field of each. Columns whose values are all equal to the field's default are not written at all.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "base/byte_writer.h"
#include "base/result.h"
#include "base/time.h"
#include "base/untrusted_text.h"
#include "codec/batch_format.h"
#include "codec/schema.h"

namespace holter::codec {

// Bytes of text that one decode may still allocate. A dictionary lets few bytes claim many texts.
struct TextBudget {
  std::size_t left = 0;
};

constexpr std::uint64_t zig_zag(std::int64_t value) {
  return static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63);
}
constexpr std::int64_t un_zig_zag(std::uint64_t value) {
  return static_cast<std::int64_t>(value >> 1 ^ (0 - (value & 1)));
}

// A text with its "was cut" mark, however the record holds it.
struct Text {
  std::string_view bytes;
  bool cut = false;

  friend auto operator<=>(const Text&, const Text&) = default;
};

// The raw columns: numbers and texts in a row.
void put_texts(std::span<const Text> texts, base::ByteWriter& to);
base::Result<std::vector<Text>> get_texts(base::ByteReader& from, std::size_t count, TextBudget& budget);

base::Error wrong_column(const char* what);

template <class Value>
struct Codec;  // put(values, to), get(from, values, budget), kType

template <class Value>
  requires std::is_enum_v<Value> || std::is_same_v<Value, std::uint8_t> || std::is_same_v<Value, bool>
struct Codec<Value> {
  static constexpr ColumnType kType = ColumnType::byte;
  static constexpr unsigned limit() {
    if constexpr (std::is_enum_v<Value>) {
      static_assert(kValues<Value> > 0, "codec/schema.h must say how many values this enum has");
      return kValues<Value>;
    }
    return std::is_same_v<Value, bool> ? 2 : 256;
  }
  static void put(std::span<const Value* const> values, base::ByteWriter& to) {
    for (const Value* value : values) to.u8(static_cast<std::uint8_t>(*value));
  }
  static base::Result<void> get(base::ByteReader& from, std::span<Value* const> values, TextBudget&) {
    for (Value* value : values) {
      const std::uint8_t byte = from.u8();
      if (byte >= limit()) return wrong_column("a value outside its range");
      *value = static_cast<Value>(byte);
    }
    return {};
  }
};

template <class Value>
  requires std::is_same_v<Value, std::uint16_t> || std::is_same_v<Value, std::uint32_t> ||
           std::is_same_v<Value, std::uint64_t>
struct Codec<Value> {
  static constexpr ColumnType kType = ColumnType::varint;
  static void put(std::span<const Value* const> values, base::ByteWriter& to) {
    for (const Value* value : values) to.varint(*value);
  }
  static base::Result<void> get(base::ByteReader& from, std::span<Value* const> values, TextBudget&) {
    for (Value* value : values) {
      const std::uint64_t number = from.varint();
      if (number > std::numeric_limits<Value>::max()) return wrong_column("a number too large for its field");
      *value = static_cast<Value>(number);
    }
    return {};
  }
};

template <class Axis>
struct Codec<base::TimePoint<Axis>> {
  using Value = base::TimePoint<Axis>;
  static constexpr ColumnType kType = ColumnType::delta;
  // Differences wrap modulo 2^64, so that every pair of times has one.
  static void put(std::span<const Value* const> values, base::ByteWriter& to) {
    std::uint64_t before = 0;
    for (const Value* value : values) {
      const auto now = static_cast<std::uint64_t>(value->in_nanoseconds());
      to.varint(zig_zag(static_cast<std::int64_t>(now - before)));
      before = now;
    }
  }
  static base::Result<void> get(base::ByteReader& from, std::span<Value* const> values, TextBudget&) {
    std::uint64_t now = 0;
    for (Value* value : values) {
      now += static_cast<std::uint64_t>(un_zig_zag(from.varint()));
      *value = Value::from_nanoseconds(static_cast<std::int64_t>(now));
    }
    return {};
  }
};

template <>
struct Codec<base::Duration> {
  static constexpr ColumnType kType = ColumnType::signed_varint;
  static void put(std::span<const base::Duration* const> values, base::ByteWriter& to);
  static base::Result<void> get(base::ByteReader& from, std::span<base::Duration* const> values, TextBudget&);
};

template <>
struct Codec<std::optional<base::Duration>> {
  using Value = std::optional<base::Duration>;
  static constexpr ColumnType kType = ColumnType::optional_signed;
  static void put(std::span<const Value* const> values, base::ByteWriter& to);
  static base::Result<void> get(base::ByteReader& from, std::span<Value* const> values, TextBudget&);
};

template <>
struct Codec<std::string> {
  static constexpr ColumnType kType = ColumnType::text;
  static void put(std::span<const std::string* const> values, base::ByteWriter& to);
  static base::Result<void> get(base::ByteReader& from, std::span<std::string* const> values, TextBudget& budget);
};

template <>
struct Codec<base::UntrustedText> {
  static constexpr ColumnType kType = ColumnType::text;
  static void put(std::span<const base::UntrustedText* const> values, base::ByteWriter& to);
  static base::Result<void> get(base::ByteReader& from, std::span<base::UntrustedText* const> values,
                                TextBudget& budget);
};

// Packed into texts (codec/packed.h, codec/packed_path.h).
template <>
struct Codec<record::Facts> {
  static constexpr ColumnType kType = ColumnType::text;
  static void put(std::span<const record::Facts* const> values, base::ByteWriter& to);
  static base::Result<void> get(base::ByteReader& from, std::span<record::Facts* const> values, TextBudget& budget);
};

template <>
struct Codec<record::Transcript> {
  static constexpr ColumnType kType = ColumnType::text;
  static void put(std::span<const record::Transcript* const> values, base::ByteWriter& to);
  static base::Result<void> get(base::ByteReader& from, std::span<record::Transcript* const> values,
                                TextBudget& budget);
};

template <>
struct Codec<record::Path> {
  static constexpr ColumnType kType = ColumnType::text;
  static void put(std::span<const record::Path* const> values, base::ByteWriter& to);
  static base::Result<void> get(base::ByteReader& from, std::span<record::Path* const> values, TextBudget& budget);
};

}  // namespace holter::codec
