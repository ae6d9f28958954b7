#include "changes/ipv6_leases.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "wire/application/dhcpv6.h"

namespace holter::changes {
namespace {

constexpr std::uint64_t kSolicit = 1;
constexpr std::uint64_t kReply = 7;
constexpr std::uint64_t kTemporary = 4;    // code of IA_TA
constexpr std::uint64_t kDelegation = 25;  // and of IA_PD
constexpr std::uint64_t kForEver = 0xffffffff;
constexpr std::size_t kShownDuidBytes = 32;

base::Duration seconds(std::uint64_t number) { return base::Duration::seconds(static_cast<std::int64_t>(number)); }

std::string hexadecimal(base::Bytes bytes) {
  std::string text;
  for (const std::uint8_t byte : bytes.first(std::min(bytes.size(), kShownDuidBytes)))
    text += fmt::format("{:02x}", byte);
  return text;
}

}  // namespace

base::Duration Ipv6Leases::Offer::time() const {
  base::Duration longest;
  for (const auto& [words, time] : valid) longest = std::max(longest, time);
  return longest;
}

Ipv6Leases::Message Ipv6Leases::read(const Sight& sight) {
  const wire::Dhcpv6Fields& f = wire::kDhcpv6Fields;
  Message message;
  base::IpAddress address;
  base::Duration valid;
  std::uint64_t bits = 0;
  for (const auto& entry : sight.fields.entries()) {
    const auto* field = entry.field;
    if (entry.mark == wire::FieldEntry::Mark::open && field == &f.ia) message.offers.emplace_back();
    if (entry.mark != wire::FieldEntry::Mark::value) continue;
    if (field == &f.type && message.type == 0) message.type = entry.number;
    if (field == &f.status) message.status = entry.number;
    if (field == &f.client_duid) message.client = {std::string(entry.word()), hexadecimal(entry.data())};
    if (field == &f.server_duid) message.server = {std::string(entry.word()), hexadecimal(entry.data())};
    if (field == &f.client_mac) message.client.words = words_of(mac_of(entry));
    if (field == &f.server_mac) message.server.words = words_of(mac_of(entry));
    if (field == &f.fqdn) message.name = text_of(entry);
    if (message.offers.empty()) continue;
    Offer& offer = message.offers.back();
    if (field == &f.ia_type) offer.association.type = entry.number;
    if (field == &f.ia_id) offer.association.id = entry.number;
    if (field == &f.ia_address_ip) address = address_of(entry);
    if (field == &f.ia_address_valid) {
      offer.valid[to_string(address)] = seconds(entry.number);
      if (entry.number != 0) offer.addresses.push_back(address);
    }
    if (field == &f.ia_prefix_valid) valid = seconds(entry.number);
    if (field == &f.ia_prefix_length) bits = entry.number;
    if (field == &f.ia_prefix_ip) offer.valid[fmt::format("{}/{}", text_of(entry), bits)] = valid;
  }
  return message;
}

std::string Ipv6Leases::words(const Lease& lease) {
  if (lease.until.empty()) return "none";
  std::string text;
  for (const auto& [given, until] : lease.until) text += (text.empty() ? "" : ", ") + given;
  text += " from server " + lease.server.words;
  return text + (lease.time == seconds(kForEver) ? ", for ever" : ", for " + to_string(lease.time));
}

std::string Ipv6Leases::subject(const Key& key, const Message& message) {
  const std::uint64_t type = key.association.type;
  const char* const kind = type == kDelegation  ? " (IPv6 prefix)"
                           : type == kTemporary ? " (temporary IPv6)"
                                                : " (IPv6)";
  const std::string name = message.name.empty() ? "client" : message.name;
  return name + ' ' + message.client.words + kind + where(key.segment);
}

Ipv6Leases::Lease* Ipv6Leases::find(const Key& key, base::PacketTime at, Teller& teller) {
  const auto known = leases_.find(key);
  if (known != leases_.end()) return &known->second;
  if (leases_.size() >= kMostLeases) {
    // Whoever only asks, as in a flood of questions, makes room first.
    std::erase_if(leases_, [at](const auto& l) { return !l.second.known && at - l.second.heard > kAsking; });
  }
  if (leases_.size() >= kMostLeases) {
    teller.refuse();
    return nullptr;
  }
  return &leases_[key];
}

std::vector<base::IpAddress> Ipv6Leases::observe(const Sight& sight, Teller& teller) {
  const Message message = read(sight);
  const bool asks = message.type == kSolicit && sight.packet.destination_port == wire::kDhcpv6ServerPort;
  const bool gives = message.type == kReply && message.status == 0 && !message.server.duid.empty() &&
                     sight.packet.destination_port == wire::kDhcpv6ClientPort;
  if ((!asks && !gives) || message.client.duid.empty()) return {};
  std::vector<base::IpAddress> given;
  for (const Offer& offer : message.offers) {
    if (gives && offer.valid.empty()) continue;  // refused, which leaves everything as it is
    const Key key{segment_of(sight.packet), message.client.duid, offer.association};
    Lease* const lease = find(key, sight.at, teller);
    if (lease == nullptr) break;
    lease->heard = sight.at;
    if (asks) {
      lease->asked = sight.at;
      lease->asks = true;
    } else {
      reply(key, *lease, message, offer, sight, teller);
      given.insert(given.end(), offer.addresses.begin(), offer.addresses.end());
    }
  }
  return given;
}

bool Ipv6Leases::take(Lease& lease, const Offer& offer, bool anew, base::PacketTime at, Teller& teller) {
  bool others = false;
  for (const auto& [words, valid] : offer.valid) {
    if (valid == base::Duration::zero()) {
      others |= lease.until.erase(words) != 0;
    } else if (const auto known = lease.until.find(words); known != lease.until.end()) {
      known->second = at + valid;
    } else if (lease.until.size() < kMostOfLease) {
      lease.until.emplace(words, at + valid);
      others = true;
    } else {
      teller.refuse();
    }
  }
  const auto is_over = [&](const auto& entry) {
    return (anew || entry.second < at) && !offer.valid.contains(entry.first);
  };
  return std::erase_if(lease.until, is_over) != 0 || others;
}

void Ipv6Leases::reply(const Key& key, Lease& lease, const Message& message, const Offer& offer, const Sight& sight,
                       Teller& teller) {
  const std::string before = words(lease);
  const base::Duration time = offer.time();
  const base::Duration time_before = std::exchange(lease.next_time, time);
  const bool another_server = message.server.duid != lease.server.duid;
  const bool anew = std::exchange(lease.asks, false) || another_server;
  const bool others = take(lease, offer, anew, sight.at, teller);
  const bool longer = time != lease.time && time == time_before;
  const bool is_told = lease.known ? others || another_server || longer : sight.at - lease.asked <= kAsking;
  lease.known = lease.known || !lease.until.empty();
  lease.server = message.server;
  if (others || longer) lease.time = time;
  if (is_told && before != words(lease)) teller.tell(sight.at, "lease", subject(key, message), before, words(lease));
}

void Ipv6Leases::advance(base::PacketTime now) {
  if (now - cleaned_ < kMinute && now >= cleaned_) return;
  cleaned_ = now;
  std::erase_if(leases_, [now](const auto& entry) {
    const Lease& lease = entry.second;
    return now - lease.heard > (lease.known ? lease.time + kForgetLease : kAsking);
  });
}

}  // namespace holter::changes
