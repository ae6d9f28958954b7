#include "capture/heard_hosts.h"

#include <algorithm>
#include <cstring>

namespace holter::capture {

// Nobody but the settings chooses which addresses stand in the table, so no secret is needed.
std::size_t HeardHosts::Hash::operator()(const Key& key) const {
  const std::uint64_t mixed = (key.words[0] ^ (key.words[1] * 0x9e3779b97f4a7c15U)) * 0xff51afd7ed558ccdU;
  return static_cast<std::size_t>(mixed ^ mixed >> 32);
}

HeardHosts::Key HeardHosts::key_of(const base::IpAddress& address) {
  Key key;
  key.v4 = address.is_v4();
  std::memcpy(key.words.data(), address.bytes().data(), address.bytes().size());
  return key;
}

const HeardHosts::Host* HeardHosts::find(const base::IpAddress& address) const {
  const auto found = numbers_.find(key_of(address));
  return found == numbers_.end() ? nullptr : &hosts_[found->second];
}

void HeardHosts::await(const std::vector<AwaitedHost>& hosts) {
  HeardHosts next;
  for (const AwaitedHost& wanted : hosts) {
    const auto number = static_cast<std::uint32_t>(next.hosts_.size());
    if (!next.numbers_.emplace(key_of(wanted.address), number).second) continue;
    Host host{wanted.address, wanted.spacing, {}, false};
    if (const Host* const before = find(wanted.address)) {
      host.turn = before->turn;
      host.heard = before->heard;
    }
    if (host.heard) next.heard_.push_back(number);
    next.hosts_.push_back(host);
  }
  *this = std::move(next);
}

void HeardHosts::observe(const wire::Packet& packet, env::FrameDirection direction) {
  if (direction == env::FrameDirection::outgoing) return;
  const bool v6 = packet.has(wire::Protocol::ipv6);
  if (!v6 && !packet.has(wire::Protocol::ipv4) && !packet.has(wire::Protocol::arp)) return;
  if (packet.network_checksum == wire::ChecksumState::bad) return;
  Key key;
  key.v4 = !v6;
  std::memcpy(key.words.data(), packet.source.data(), packet.source.size());
  const auto found = numbers_.find(key);
  if (found == numbers_.end() || hosts_[found->second].heard) return;
  hosts_[found->second].heard = true;
  heard_.push_back(found->second);
}

std::vector<base::IpAddress> HeardHosts::take(base::Instant now) {
  std::vector<base::IpAddress> taken;
  std::erase_if(heard_, [this, now, &taken](std::uint32_t number) {
    Host& host = hosts_[number];
    if (host.turn > now) return false;
    host.heard = false;
    host.turn = now + host.spacing;
    taken.push_back(host.address);
    return true;
  });
  return taken;
}

std::optional<base::Instant> HeardHosts::next_turn() const {
  std::optional<base::Instant> next;
  for (const std::uint32_t number : heard_) {
    next = std::min(next.value_or(hosts_[number].turn), hosts_[number].turn);
  }
  return next;
}

}  // namespace holter::capture
