// What `holter probe` prints: one line or one JSON object a result, and a summary of them all. Pure; whatever a target
// said is shown as untrusted text.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "record/probe_result.h"
#include "term/screen.h"

namespace holter::app {

// "3  192.0.2.1  0.412 ms" and what else there is: phases if more than one was timed, the answer in words. A failure
// has its outcome and phase in place of the time.
std::string probe_line(std::uint64_t number, const record::ProbeResult& result, const term::Screen& screen);

// The same of a list's entry: dated, with its name and kind and "ok" or what failed.
// "2026-11-21 16:30:01.123  web  http  ok  192.0.2.1  3.412 ms  200 OK, ..."
std::string listed_line(const record::ProbeResult& result, const term::Screen& screen);

// The members of GET /api/v1/results, without those that only a plan gives (agent, probe).
std::string probe_json(const record::ProbeResult& result);
// The same with the entry's name as `probe`.
std::string listed_json(const record::ProbeResult& result);

// Results of one target, in figures. Holds 8 bytes an answer, at most kMaxSamples: a longer series tells of its newest.
class ProbeSeries {
 public:
  static constexpr std::size_t kMaxSamples = 100'000;

  void add(const record::ProbeResult& result);
  std::uint64_t sent() const { return sent_; }
  std::uint64_t as_expected() const { return as_expected_; }
  // "4 sent, 3 answered, 1 lost (25.0 %)", how many answers were not as expected if any, and, when there was an answer,
  // rtt min, median, max and jitter: the mean change of rtt from one answer to the next (RFC 5481, IPDV, of round
  // trips).
  std::string summary() const;

 private:
  std::uint64_t sent_ = 0;
  std::uint64_t answered_ = 0;
  std::uint64_t as_expected_ = 0;
  std::uint64_t silent_ = 0;          // where no answer is good
  std::vector<base::Duration> rtts_;  // the newest, in their order
};

}  // namespace holter::app
