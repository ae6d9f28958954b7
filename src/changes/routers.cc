#include "changes/routers.h"

#include <fmt/format.h>

#include "wire/network/icmpv6_fields.h"

namespace holter::changes {
namespace {

constexpr std::uint64_t kPrefix = 3;
constexpr std::uint64_t kDnsServers = 25;
constexpr const char* kNotAdvertised = "not advertised";

std::string on_off(bool value) { return value ? "on" : "off"; }

std::string preference_words(std::uint64_t preference) {
  return preference == 1 ? "high" : preference == 3 ? "low" : "medium";
}

base::PacketTime end_of(std::uint64_t lifetime, base::PacketTime at) {
  return at + base::Duration::seconds(static_cast<std::int64_t>(lifetime)) + kGrace;
}

std::string subject_of(const std::pair<Segment, base::IpAddress>& key) {
  return to_string(key.second) + where(key.first);
}

// The options of one advertisement, put together from their fields.
struct Option {
  std::uint64_t type = 0;
  std::uint64_t prefix_length = 0;
  std::uint64_t lifetime = 0;
  std::string prefix;
  std::vector<std::string> servers;
  bool on_link = false;
  bool autonomous = false;

  void take(const wire::FieldEntry& entry) {
    const wire::Icmpv6Fields& f = wire::kIcmpv6Fields;
    const auto* field = entry.field;
    if (field == &f.option_type) type = entry.number;
    if (field == &f.prefix_length) prefix_length = entry.number;
    if (field == &f.valid_lifetime || field == &f.lifetime) lifetime = entry.number;
    if (field == &f.on_link) on_link = entry.number != 0;
    if (field == &f.autonomous) autonomous = entry.number != 0;
    if (field == &f.prefix) prefix = text_of(entry);
    if (field == &f.server) servers.push_back(text_of(entry));
  }
  std::string prefix_words() const {
    if (lifetime == 0) return "no longer valid";
    if (on_link && autonomous) return "on link, for addresses";
    return on_link ? "on link" : autonomous ? "for addresses" : "advertised";
  }
};

}  // namespace

void Routers::Differences::add(const std::string& name, const std::string& was, const std::string& is) {
  before += (before.empty() ? "" : "; ") + name + ' ' + was;
  after += (after.empty() ? "" : "; ") + name + ' ' + is;
}

void Routers::begin(base::PacketTime at) {
  begun_ = at;
  for (auto& [key, router] : routers_) router.until = end_of(router.said.lifetime, at);
}

Routers::Said Routers::read(const Sight& sight) {
  const wire::Icmpv6Fields& f = wire::kIcmpv6Fields;
  Said said;
  Option option;
  const auto finish = [&said, &option] {
    if (option.type == kPrefix) {
      said.items[fmt::format("prefix {}/{}", option.prefix, option.prefix_length)] = {option.prefix_words()};
    }
    for (const std::string& server : option.type == kDnsServers ? option.servers : std::vector<std::string>()) {
      said.items["DNS server " + server] = {option.lifetime == 0 ? "no longer good" : "advertised"};
    }
    option = {};
  };
  for (const auto& entry : sight.fields.entries()) {
    if (entry.mark == wire::FieldEntry::Mark::close) finish();
    if (entry.mark != wire::FieldEntry::Mark::value) continue;
    if (entry.field == &f.managed) said.flags["addresses by DHCPv6"] = on_off(entry.number != 0);
    if (entry.field == &f.other_config) said.flags["settings by DHCPv6"] = on_off(entry.number != 0);
    if (entry.field == &f.preference) said.flags["preference"] = preference_words(entry.number);
    if (entry.field == &f.cur_hop_limit) said.flags["hop limit"] = std::to_string(entry.number);
    if (entry.field == &f.router_lifetime) {
      said.lifetime = entry.number;
      said.flags["lifetime"] = fmt::format("{} s", entry.number);
    }
    option.take(entry);
  }
  return said;
}

Routers::Differences Routers::compare_items(Items& known, const Items& now, bool settled, Teller& teller) {
  Differences differences;
  for (const auto& [name, item] : now) {
    const auto found = known.find(name);
    if (found == known.end()) {
      if (known.size() >= kMostOfRouter) {
        teller.refuse();
        continue;
      }
      if (settled) differences.add(name, kNotAdvertised, item.words);
      known.emplace(name, item);
      continue;
    }
    if (found->second.words != item.words) differences.add(name, found->second.words, item.words);
    found->second = item;
  }
  for (auto at = known.begin(); at != known.end();) {
    auto& [name, item] = *at;
    const bool gone = !now.contains(name) && ++item.missed >= kMissedAdvertisements;
    if (gone) differences.add(name, item.words, kNotAdvertised);
    at = gone ? known.erase(at) : std::next(at);
  }
  return differences;
}

void Routers::meet(const Key& key, const Said& said, base::PacketTime at, Teller& teller) {
  if (routers_.size() >= kMostRouters) return teller.refuse();
  routers_.emplace(key, Router{said, 1, end_of(said.lifetime, at)});
  const auto was_there = said.lifetime == 0 ? begun_ + kLongestSilentRouter : end_of(said.lifetime, begun_);
  if (at <= was_there) return;
  std::string words = "advertises itself, lifetime " + said.flags.at("lifetime");
  for (const auto& [name, item] : said.items) words += "; " + name + ' ' + item.words;
  teller.tell(at, "router", subject_of(key), "not seen", words);
}

void Routers::observe(const Sight& sight, Teller& teller) {
  const Said now = read(sight);
  if (!now.flags.contains("lifetime")) return;
  const Key key{segment_of(sight.packet), sight.packet.source_address()};
  const auto known = routers_.find(key);
  if (known == routers_.end()) return meet(key, now, sight.at, teller);
  Router& router = known->second;
  ++router.heard;
  router.until = end_of(now.lifetime, sight.at);
  Differences differences;
  for (const auto& [name, value] : now.flags) {
    const auto before = router.said.flags.find(name);
    if (before == router.said.flags.end() || before->second == value) continue;
    const bool retires = name == "lifetime" && now.lifetime == 0;
    differences.add(name, before->second, retires ? "0 s: no default router any more" : value);
  }
  const Differences items = compare_items(router.said.items, now.items, router.heard > kFirstAdvertisements, teller);
  router.said.flags = now.flags;
  router.said.lifetime = now.lifetime;
  if (!items.empty()) {
    differences.before += (differences.before.empty() ? "" : "; ") + items.before;
    differences.after += (differences.after.empty() ? "" : "; ") + items.after;
  }
  if (!differences.empty()) teller.tell(sight.at, "router", subject_of(key), differences.before, differences.after);
}

void Routers::advance(base::PacketTime now, Teller& teller) {
  std::erase_if(routers_, [&](const auto& entry) {
    const auto& [key, router] = entry;
    // One that is no default router says so as seldom as it likes.
    if (router.said.lifetime == 0 || now < router.until) return false;
    teller.tell(now, "router", subject_of(key), "lifetime " + router.said.flags.at("lifetime"),
                fmt::format("lost: silent for {} s", router.said.lifetime));
    return true;
  });
}

}  // namespace holter::changes
