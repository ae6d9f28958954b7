// How a field is read from a record: a function that adds the values of its sides, none when the record lacks it.
#pragma once

#include <array>
#include <boost/container/small_vector.hpp>
#include <cstdint>
#include <string_view>
#include <variant>

#include "filter/field.h"
#include "filter/value.h"
#include "record/record.h"

namespace holter::filter {

using Source = std::variant<const record::FlowRecord*, const record::ProbeResult*, const record::PulseChange*,
                            const record::PulseMessage*, const record::NetworkChange*>;

// The values of one field in one record. Texts point into the record.
class Values {
 public:
  struct Value {
    std::uint64_t number = 0;  // truth, number, MAC, nanoseconds, bytes, position of a word
    Wide address = {};
    bool is_v6 = false;
    std::string_view text = {};
  };

  void number(std::uint64_t value) { add().number = value; }
  void truth(bool value) { number(value ? 1 : 0); }
  void duration(base::Duration value);  // a negative one counts as 0
  void text(std::string_view value) { add().text = value; }
  // Addresses as records keep them; anything else (a name, a MAC, nothing) adds no value.
  void address(std::string_view value);

  std::span<const Value> all() const { return values_; }

 private:
  Value& add() { return values_.emplace_back(); }

  boost::container::small_vector<Value, 2> values_;  // two sides; what a result has several of allocates
};

using Load = void (*)(const Source& source, Values& out);

struct RecordField {
  FieldInfo info;
  Load load = nullptr;
};

// A Load for records of one type, from a lambda without captures: load_of<record::FlowRecord, [](const auto& r, auto&
// v) { v.text(r.interface); }>.
template <class Record, auto read>
void load_of(const Source& source, Values& out) {
  if (const auto* const record = std::get_if<const Record*>(&source)) read(**record, out);
}

std::span<const RecordField> conversation_fields();
std::span<const RecordField> fact_fields();  // of results, behind their own
std::span<const RecordField> network_fields();
std::span<const RecordField> result_fields();
std::span<const RecordField> session_fields();

// The port of "192.0.2.7:40112" or "[2001:db8::1]:53", and what stands before it without brackets.
struct PeerParts {
  std::string_view address;
  std::uint64_t port = 0;
};
PeerParts parts_of_peer(std::string_view peer);

// The words of an enumeration of record, in their order.
template <class Enum, std::size_t N>
std::array<std::string_view, N> words_of() {
  std::array<std::string_view, N> out;
  for (std::size_t i = 0; i < N; ++i) out[i] = record::to_string(static_cast<Enum>(i));
  return out;
}

}  // namespace holter::filter
