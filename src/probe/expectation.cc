#include "probe/expectation.h"

#include <algorithm>

#include "probe/measurement.h"

namespace holter::probe {
namespace {

constexpr std::size_t kMostFoundBytes = 100;  // of one value: a body may be long

std::string shown(const record::FactValue& value) {
  const auto* const text = std::get_if<base::UntrustedText>(&value);
  if (text == nullptr || text->size() <= kMostFoundBytes) return record::fact_text(value);
  return record::fact_text(record::FactValue(base::UntrustedText(text->raw(), kMostFoundBytes))) + "...";
}

// "status 503", "answer "192.0.2.1", "192.0.2.2"", "no answer"
std::string found(const record::ProbeResult& result, const std::string& name) {
  if (name == "rtt" && result.rtt) return "rtt " + base::to_string(*result.rtt);
  std::string values;
  for (const auto& fact : result.facts) {
    if (fact.name == name) values += (values.empty() ? " " : ", ") + shown(fact.value);
  }
  return values.empty() ? "no " + name : name + values;
}

std::string unmet(const filter::RecordFilter& expectation, const record::ProbeResult& result) {
  std::string line = "expected " + expectation.text() + ", found ";
  for (std::size_t i = 0; i < expectation.asked().size(); ++i) {
    line += (i == 0 ? "" : " and ") + found(result, expectation.asked()[i]);
  }
  return line;
}

}  // namespace

base::Result<Expectations> Expectations::compile(std::span<const std::string> lines) {
  Expectations expectations;
  for (const std::string& line : lines) {
    auto filter = filter::RecordFilter::compile(filter::Subject::results, line);
    if (!filter) return base::Error{base::ErrorKind::invalid, filter::explain_mistake(line, filter.error())};
    expectations.filters_.push_back(std::move(*filter));
  }
  return expectations;
}

bool Expectations::mention(std::string_view fact) const {
  return std::ranges::any_of(
      filters_, [fact](const auto& filter) { return std::ranges::find(filter.asked(), fact) != filter.asked().end(); });
}

record::ProbeResult Expectations::judged(record::ProbeResult result) const {
  if (result.outcome != record::Outcome::ok) return result;
  std::string unmets;
  for (const auto& filter : filters_) {
    if (!filter.matches(result)) unmets += (unmets.empty() ? "" : "\n") + unmet(filter, result);
  }
  if (unmets.empty()) return result;
  result.outcome = record::Outcome::unexpected;
  result.failed_in = record::Phase::transfer;
  result.detail = base::UntrustedText(unmets, kMaxDetailBytes);
  return result;
}

}  // namespace holter::probe
