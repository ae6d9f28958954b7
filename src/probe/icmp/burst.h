// EchoBurst gathers what came of the requests of one icmp probe and says what it means: one outcome, and the whole
// distribution. Loss, duplicates and reordering (RFC 6673, RFC 5560, RFC 4737) are counted, nothing is averaged: the
// rtt is the lower median of those that were measured. Pure.
#pragma once

#include <optional>
#include <vector>

#include "probe/icmp/table.h"

namespace holter::probe {

class EchoBurst {
 public:
  // `lingers` when it is looked for duplicates of a single request's reply; for those of a burst it always is.
  explicit EchoBurst(std::uint32_t requests, bool lingers = false) : requests_(requests), lingers_(lingers) {}

  // The request with that place in the burst, from 0, was answered.
  void answered(std::uint32_t place, const RoundTrip& trip, std::optional<std::uint8_t> ttl);
  void answered_again() { ++duplicates_; }
  // An error came for one of them. The first one is told.
  void failed(base::Error error, std::uint32_t mtu);

  // Nothing more can come but duplicates.
  bool complete() const { return answers_.size() + failures_ >= requests_; }
  base::Duration longest() const;

  // Says in `result` how it ended; `timeout` is the plan's, for the words.
  void judge(record::ProbeResult& result, base::Duration timeout) const;

 private:
  struct Answer {
    std::uint32_t place = 0;
    base::Duration rtt;
    bool kernel_stamped = false;
  };

  void note_facts(record::ProbeResult& result, const std::vector<base::Duration>& sorted) const;

  std::uint32_t requests_;
  bool lingers_;
  std::vector<Answer> answers_;  // in order of their places
  std::uint32_t failures_ = 0;
  std::uint32_t duplicates_ = 0;
  std::uint32_t reordered_ = 0;
  std::optional<std::uint8_t> ttl_;
  std::optional<base::Error> first_error_;
  std::uint32_t mtu_ = 0;
};

}  // namespace holter::probe
