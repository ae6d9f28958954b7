#include "probe/trace/pace.h"

#include <algorithm>

namespace holter::probe {
namespace {

constexpr base::Duration kLimited = base::Duration::milliseconds(1'050);  // one a second, and a little patience
constexpr base::Duration kFastestLimited = base::Duration::milliseconds(20);
constexpr std::uint32_t kAnswersToHurry = 8;

}  // namespace

RouterPace::Router& RouterPace::at(const base::IpAddress& router) {
  if (routers_.size() >= kMaxRouters && !routers_.contains(router)) {
    std::erase_if(routers_, [](const auto& known) { return known.second.out == 0; });
  }
  return routers_[router];
}

base::Instant RouterPace::ready_at(const base::IpAddress& router, base::Instant now) const {
  const auto found = routers_.find(router);
  if (found == routers_.end()) return now;
  const Router& known = found->second;
  if (known.limits) return known.next;
  const std::uint32_t window = router.is_any() ? kUnknownWindow : known.window;
  return known.out < window ? now : base::Instant::max();
}

bool RouterPace::limits(const base::IpAddress& router) const {
  const auto found = routers_.find(router);
  return found != routers_.end() && found->second.limits;
}

bool RouterPace::is_spent(const base::IpAddress& router, base::Instant now) const {
  return limits(router) && routers_.at(router).next > now;
}

void RouterPace::asked(const base::IpAddress& router, base::Instant now) {
  Router& known = at(router);
  ++known.out;
  if (known.limits) known.next = std::max(known.next, now) + known.every;
}

void RouterPace::ended(const base::IpAddress& router) {
  const auto found = routers_.find(router);
  if (found != routers_.end() && found->second.out > 0) --found->second.out;
}

void RouterPace::answered(const base::IpAddress& router) {
  Router& known = at(router);
  known.window = std::min(known.window + 1, kMaxWindow);
  if (!known.limits || ++known.answers < kAnswersToHurry) return;
  known.answers = 0;
  known.every = std::max(known.every / 2, kFastestLimited);
}

void RouterPace::left_open(const base::IpAddress& router, base::Instant now) {
  Router& known = at(router);
  known.limits = true;
  known.answers = 0;
  known.every = kLimited;
  known.next = std::max(known.next, now + kLimited);
}

}  // namespace holter::probe
