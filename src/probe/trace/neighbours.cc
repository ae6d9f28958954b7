#include "probe/trace/neighbours.h"

#include <algorithm>
#include <array>

#include "record/path.h"

namespace holter::probe {

NearHops::Part NearHops::part_of(const base::IpAddress& target, std::uint8_t ttl) {
  const base::Bytes bytes = target.bytes();
  if (target.is_v4()) return {base::IpAddress::v4(std::array<std::uint8_t, 4>{bytes[0], bytes[1], 0, 0}), ttl};
  std::array<std::uint8_t, 16> prefix{};
  std::ranges::copy(bytes.first(6), prefix.begin());
  return {base::IpAddress::v6(prefix), ttl};
}

void NearHops::learn(const base::IpAddress& target, std::uint8_t ttl, const base::IpAddress& router,
                     base::Instant now) {
  const Part part = part_of(target, ttl);
  if (parts_.size() >= kMaxParts && !parts_.contains(part)) {
    std::erase_if(parts_, [now](const auto& entry) { return now - entry.second.at > kFreshFor; });
    if (parts_.size() >= kMaxParts) return;
  }
  Known& known = parts_[part];
  if (now - known.at > kFreshFor) known = {};
  known.at = now;
  const bool is_new = std::ranges::find(known.routers, router) == known.routers.end();
  if (is_new && known.routers.size() < record::kMaxBranches) known.routers.push_back(router);
}

void NearHops::learn_complete(const base::IpAddress& target, std::uint8_t ttl, base::Instant now) {
  const auto found = parts_.find(part_of(target, ttl));
  if (found == parts_.end()) return;
  found->second.complete = true;
  found->second.at = now;
}

const NearHops::Known* NearHops::at(const base::IpAddress& target, std::uint8_t ttl, base::Instant now) const {
  const auto found = parts_.find(part_of(target, ttl));
  const bool fresh = found != parts_.end() && now - found->second.at <= kFreshFor;
  return fresh ? &found->second : nullptr;
}

bool NearHops::claim(const base::IpAddress& router, const void* who) {
  return claims_.try_emplace(router, who).first->second == who;
}

void NearHops::release(const void* who) {
  std::erase_if(claims_, [who](const auto& entry) { return entry.second == who; });
}

}  // namespace holter::probe
