#include "changes/teller.h"

#include <fmt/format.h>

namespace holter::changes {

Teller::Subject* Teller::find(std::string_view what, const std::string& subject, base::PacketTime at) {
  const auto known = subjects_.find({std::string(what), subject});
  if (known != subjects_.end()) return &known->second;
  if (subjects_.size() >= kMostSubjects) {
    std::erase_if(subjects_, [at](const auto& entry) { return at - entry.second.since > kSubjectWindow; });
  }
  if (subjects_.size() >= kMostSubjects) return nullptr;
  return &subjects_.emplace(std::pair(std::string(what), subject), Subject{at}).first->second;
}

void Teller::renew_minute(base::PacketTime at) {
  const base::Duration passed = at - minute_;
  if (passed >= base::Duration::zero() && passed < kMinute) return;
  if (left_out_ != 0) {
    record::Gap gap;
    gap.cause = record::GapCause::queue_full;
    gap.lane = record::Lane::incidents;
    gap.count = std::exchange(left_out_, 0);
    gap.from = base::as_wall_time(minute_);
    gap.to = base::as_wall_time(at);
    told_.emplace_back(std::move(gap));
  }
  minute_ = at;
  told_this_minute_ = 0;
}

void Teller::tell(base::PacketTime at, std::string_view what, const std::string& subject, const std::string& before,
                  std::string after) {
  renew_minute(at);
  Subject* const of = find(what, subject, at);
  if (of != nullptr && (at - of->since > kSubjectWindow || at < of->since)) {
    of->since = at;
    of->told = 0;
  }
  if (of == nullptr || of->told >= kToldOfSubject || told_this_minute_ >= kToldAMinute) {
    ++left_out_;
    if (of != nullptr) ++of->left_out;
    return;
  }
  ++of->told;
  ++told_this_minute_;
  if (const auto more = std::exchange(of->left_out, 0); more != 0) {
    after += fmt::format(", after {} more that {} not told", more, more == 1 ? "was" : "were");
  }
  record::NetworkChange change;
  change.at = base::as_wall_time(at);
  change.what = what;
  change.subject = base::UntrustedText(subject);
  change.before = base::UntrustedText(before);
  change.after = base::UntrustedText(after);
  told_.emplace_back(std::move(change));
}

void Teller::advance(base::PacketTime now) { renew_minute(now); }

void Teller::take(const std::string& interface, std::vector<record::Record>& out) {
  for (auto& record : told_) {
    if (auto* const change = std::get_if<record::NetworkChange>(&record)) change->interface = interface;
    if (auto* const gap = std::get_if<record::Gap>(&record)) gap->where = "changes seen on " + interface;
    out.push_back(std::move(record));
  }
  told_.clear();
}

}  // namespace holter::changes
