#include "record/fact.h"

#include <algorithm>

#include "base/assert.h"
#include "record/fact_names.h"

namespace holter::record {
namespace {

bool is_kept(std::string_view name) {
  const auto* const row = std::ranges::find(kFactNames, name, &FactName::name);
  HOLTER_ASSERT(row != kFactNames.end());
  return row->kept;
}

struct Words {
  std::string operator()(std::int64_t value) const { return std::to_string(value); }
  std::string operator()(bool value) const { return value ? "yes" : "no"; }
  std::string operator()(base::Duration value) const { return base::to_string(value); }
  std::string operator()(const base::UntrustedText& value) const { return '"' + value.for_terminal() + '"'; }
};

}  // namespace

void add_fact(Facts& facts, std::string_view name, FactValue value) {
  if (facts.size() == kMaxFacts) return;
  facts.push_back({std::string(name), std::move(value)});
}

Facts kept(Facts facts) {
  std::erase_if(facts, [](const Fact& fact) { return !is_kept(fact.name); });
  for (Fact& fact : facts) {
    auto* const text = std::get_if<base::UntrustedText>(&fact.value);
    if (text != nullptr && text->size() > kMaxFactBytes) *text = base::UntrustedText(text->raw(), kMaxFactBytes);
  }
  return facts;
}

std::string fact_text(const FactValue& value) { return std::visit(Words(), value); }

}  // namespace holter::record
