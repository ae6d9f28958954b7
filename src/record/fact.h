// A fact is one thing that a probe found out, by name: status=200, offset=1.2 ms, answer=192.0.2.1. Facts are what
// expectations are held against, what a result shows beyond its outcome and time, and what is stored of it. A name
// may be there several times (the answers of a resolver). Names are those of record/fact_names.h; texts come from a
// peer. Plain values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/time.h"
#include "base/untrusted_text.h"

namespace holter::record {

inline constexpr std::size_t kMaxFacts = 64;       // of one result
inline constexpr std::size_t kMaxFactBytes = 512;  // of a text that is kept
inline constexpr std::size_t kMaxFactNameBytes = 64;

using FactValue = std::variant<std::int64_t, bool, base::Duration, base::UntrustedText>;

struct Fact {
  std::string name;
  FactValue value;

  friend bool operator==(const Fact&, const Fact&) = default;
};

using Facts = std::vector<Fact>;

// Adds one, unless there are kMaxFacts.
void add_fact(Facts& facts, std::string_view name, FactValue value);
// Without those whose names say that they are not kept, and with each text cut to kMaxFactBytes: what expectations are
// held against is whole.
Facts kept(Facts facts);

// For a screen: "200", "yes", "1.2 ms", a text in quotes.
std::string fact_text(const FactValue& value);

}  // namespace holter::record
