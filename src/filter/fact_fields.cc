// The fields of what probes found out: a row for each name that facts have. A result without such a fact lacks the
// field; a name that is there several times holds when one of its values does.
#include <array>
#include <utility>

#include "filter/record_field.h"
#include "record/fact_names.h"

namespace holter::filter {
namespace {

using record::FactType;
using record::kFactNames;

constexpr Type type_of(FactType type) {
  switch (type) {
    case FactType::number: return Type::number;
    case FactType::truth: return Type::boolean;
    case FactType::duration: return Type::duration;
    case FactType::text: return Type::text;
    case FactType::address: return Type::address;
  }
  return Type::text;
}

struct Take {
  FactType type;
  Values& out;

  void operator()(std::int64_t value) const { out.number(value < 0 ? 0 : static_cast<std::uint64_t>(value)); }
  void operator()(bool value) const { out.truth(value); }
  // How much, either way: nobody expects an offset of less than 5 ms to be one of -3 s.
  void operator()(base::Duration value) const {
    out.duration(value < base::Duration::zero() ? base::Duration::zero() - value : value);
  }
  void operator()(const base::UntrustedText& value) const {
    type == FactType::address ? out.address(value.raw()) : out.text(value.raw());
  }
};

template <std::size_t row>
void load_fact(const record::ProbeResult& result, Values& out) {
  for (const record::Fact& fact : result.facts) {
    if (fact.name == kFactNames[row].name) std::visit(Take{kFactNames[row].type, out}, fact.value);
  }
}

template <std::size_t... rows>
std::array<RecordField, sizeof...(rows)> table(std::index_sequence<rows...>) {
  return {RecordField{{.name = kFactNames[rows].name,
                       .type = type_of(kFactNames[rows].type),
                       .description = kFactNames[rows].description},
                      load_of<record::ProbeResult, load_fact<rows>>}...};
}

const auto kFields = table(std::make_index_sequence<kFactNames.size()>());

}  // namespace

std::span<const RecordField> fact_fields() { return kFields; }

}  // namespace holter::filter
