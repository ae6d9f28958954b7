// What a plan expects of an answer: each expectation is an expression of the filter language over results
// (docs/filters.md), such as `status == 200`, `answer in {192.0.2.1, 192.0.2.2}` or `certificate_left > 14d`. A result
// that is ok and does not fulfil one becomes `unexpected`; its detail says what was expected and what was found, one
// line an expectation. What has failed is left as it is: there was no answer to expect anything of.
//
// Immutable; any thread may read it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "filter/record_filter.h"
#include "record/probe_result.h"

namespace holter::probe {

class Expectations {
 public:
  Expectations() = default;
  // ErrorKind::invalid with the expression and the place in it, in whole sentences.
  static base::Result<Expectations> compile(std::span<const std::string> lines);

  // Whether one is about this fact: then what a prober takes for good of it by itself does not count.
  bool mention(std::string_view fact) const;
  bool none() const { return filters_.empty(); }
  record::ProbeResult judged(record::ProbeResult result) const;

 private:
  std::vector<filter::RecordFilter> filters_;
};

}  // namespace holter::probe
