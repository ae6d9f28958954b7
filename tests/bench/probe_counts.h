// The sink of probe_load.cc: counts results, and keeps of them what its line of JSON tells.
#pragma once

#include <array>
#include <cstdio>
#include <string>
#include <variant>

#include "record/record.h"
#include "tests/bench/lateness.h"

namespace holter::bench {

class ProbeCounts final : public record::Sink {
 public:
  void accept(record::Record record) override {
    const auto& result = std::get<record::ProbeResult>(record);
    ++results_;
    ++outcomes_[static_cast<std::size_t>(result.outcome)];
    if (result.outcome != record::Outcome::ok && failure_.empty()) failure_ = result.detail.for_json();
    for (const auto& hop : result.path.hops) known_hops_ += hop.branches.empty() ? 0 : 1;
    if (lateness_ != nullptr) lateness_->started(result.probe, result.started_instant);
  }

  // To whom starts are told from now on; null: nobody.
  void tell_starts(Lateness* lateness) { lateness_ = lateness; }
  // `known_hops` are those that somebody answered for, of all traces; `failure` is what the first one said.
  void print() const {
    std::printf("\"results\": %llu, \"known_hops\": %llu, \"failure\": \"%s\"",
                static_cast<unsigned long long>(results_), static_cast<unsigned long long>(known_hops_),
                failure_.c_str());
    for (std::size_t i = 0; i < outcomes_.size(); ++i) {
      const std::string name(to_string(static_cast<record::Outcome>(i)));
      std::printf(", \"%s\": %llu", name.c_str(), static_cast<unsigned long long>(outcomes_[i]));
    }
  }

 private:
  Lateness* lateness_ = nullptr;
  std::uint64_t results_ = 0;
  std::uint64_t known_hops_ = 0;
  std::array<std::uint64_t, static_cast<std::size_t>(record::Outcome::unexpected) + 1> outcomes_{};
  std::string failure_;
};

}  // namespace holter::bench
