#include "probe/icmp/burst.h"

#include <fmt/format.h>

#include <algorithm>

namespace holter::probe {

void EchoBurst::answered(std::uint32_t place, const RoundTrip& trip, std::optional<std::uint8_t> ttl) {
  const auto measured = time_of(trip);
  const auto behind = std::ranges::upper_bound(answers_, place, {}, &Answer::place);
  if (behind != answers_.end()) ++reordered_;
  answers_.insert(behind, {place, measured.rtt, measured.kernel_stamped});
  if (!ttl_) ttl_ = ttl;
}

void EchoBurst::failed(base::Error error, std::uint32_t mtu) {
  ++failures_;
  if (!first_error_) first_error_ = std::move(error);
  if (mtu != 0) mtu_ = mtu;
}

base::Duration EchoBurst::longest() const {
  base::Duration longest;
  for (const auto& answer : answers_) longest = std::max(longest, answer.rtt);
  return longest;
}

void EchoBurst::note_facts(record::ProbeResult& result, const std::vector<base::Duration>& sorted) const {
  auto& facts = result.facts;
  if (ttl_) add_fact(facts, "ttl", std::int64_t{*ttl_});
  if (mtu_ != 0) add_fact(facts, "path_mtu", std::int64_t{mtu_});
  if (requests_ == 1 && lingers_) add_fact(facts, "duplicates", std::int64_t{duplicates_});
  if (requests_ == 1) return;
  add_fact(facts, "sent", std::int64_t{requests_});
  add_fact(facts, "received", static_cast<std::int64_t>(answers_.size()));
  add_fact(facts, "lost", static_cast<std::int64_t>(requests_ - answers_.size()));
  add_fact(facts, "duplicates", std::int64_t{duplicates_});
  add_fact(facts, "reordered", std::int64_t{reordered_});
  if (sorted.empty()) return;
  add_fact(facts, "rtt_min", sorted.front());
  add_fact(facts, "rtt_max", sorted.back());
  for (const auto& answer : answers_) add_fact(facts, "echo_rtt", answer.rtt);
}

void EchoBurst::judge(record::ProbeResult& result, base::Duration timeout) const {
  using record::Phase;
  std::vector<base::Duration> sorted;
  bool stamped = true;
  for (const auto& answer : answers_) {
    sorted.push_back(answer.rtt);
    stamped = stamped && answer.kernel_stamped;
  }
  std::ranges::sort(sorted);
  note_facts(result, sorted);
  if (sorted.empty()) {
    result = first_error_ ? probe::failed(std::move(result), *first_error_, Phase::first_byte)
                          : probe::failed(std::move(result), record::Outcome::timeout, Phase::first_byte,
                                          "no reply within " + base::to_string(timeout));
    return;
  }
  result.rtt = sorted[(sorted.size() - 1) / 2];
  result.kernel_stamped = stamped;
  result.phases[static_cast<std::size_t>(Phase::first_byte)] = result.rtt;
  if (requests_ == 1 && duplicates_ == 0) return;
  auto words = requests_ == 1 ? "1 reply"
                              : fmt::format("{} of {} replies, {} to {}", sorted.size(), requests_,
                                            base::to_string(sorted.front()), base::to_string(sorted.back()));
  if (duplicates_ > 0) words += fmt::format(", {} duplicate", duplicates_) + (duplicates_ == 1 ? "" : "s");
  if (reordered_ > 0) words += fmt::format(", {} out of order", reordered_);
  if (first_error_) words += ", " + first_error_->message;
  result.detail = base::UntrustedText(words, kMaxDetailBytes);
}

}  // namespace holter::probe
