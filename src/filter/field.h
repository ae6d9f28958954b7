// What can be asked of each subject: one table a subject, one row a field, from which the type check, the messages,
// docs/filters.md and completion come. A subject is what an expression is about.
//
// The same word means the same field in every subject that has it. A field of two sides (`ip.addr`, `tcp.port`,
// `host`) has a source and a destination: a comparison holds when it holds for either, and `!=` and `not in` when they
// hold for both ("neither is"). A comparison with a field that the subject lacks never holds, whatever the operator.
// Constant tables; any thread.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string_view>

namespace holter::filter {

enum class Subject : std::uint8_t {
  packets,        // of a live capture, of a file, or as they are stored
  conversations,  // record::FlowRecord
  results,        // record::ProbeResult
  sessions,       // record::PulseChange and record::PulseMessage
  network,        // record::NetworkChange
};
inline constexpr std::size_t kSubjectCount = 5;

// "packets", "conversations", ...
std::string_view to_string(Subject subject);

enum class Type : std::uint8_t {
  boolean,
  number,
  address,
  mac,
  text,
  duration,
  size,
  word,
  signed_number,  // compared with its sign bit turned over, so that its order is that of unsigned numbers
  decimal,        // likewise: see ordered() in value.h
  bytes,          // a text of bytes, written as hexadecimal digits
  tcpdump,        // not a value: an expression of tcpdump that holds
};

// For people: "true or false", "a number", "an IP address", ...
std::string_view to_string(Type type);

enum class Sides : std::uint8_t { one, two };

struct FieldInfo {
  std::string_view name;
  Type type = Type::boolean;
  std::string_view description;
  Sides sides = Sides::one;
  std::uint64_t most = std::numeric_limits<std::uint64_t>::max();  // the largest value of a number
  std::span<const std::string_view> words = {};                    // of Type::word; their positions are the values
};

// In the order of the documents. Lives for ever.
std::span<const FieldInfo> fields(Subject subject);

// The position in fields(subject).
std::optional<std::size_t> find_field(Subject subject, std::string_view name);

// Why `name` is no field of `subject`, as a sentence: it is of another subject, or misspelt.
std::string why_no_field(Subject subject, std::string_view name);

}  // namespace holter::filter
