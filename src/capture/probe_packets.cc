#include "capture/probe_packets.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/untrusted_text.h"
#include "wire/dispatch.h"
#include "wire/transport/tcp.h"

namespace holter::capture {
namespace {

using wire::Packet;
using wire::Protocol;

constexpr std::uint8_t kEchoReply = 0;
constexpr std::uint8_t kEchoRequest = 8;
constexpr std::uint8_t kEchoRequest6 = 128;
constexpr std::uint8_t kEchoReply6 = 129;

bool has_ports(const Packet& packet) { return packet.has(Protocol::tcp) || packet.has(Protocol::udp); }
bool is_icmp(const Packet& packet) { return packet.has(Protocol::icmp) || packet.has(Protocol::icmpv6); }

bool is_echo(const Packet& packet, std::uint8_t type, std::uint8_t type6) {
  return (packet.has(Protocol::icmp) && packet.icmp_type == type) ||
         (packet.has(Protocol::icmpv6) && packet.icmp_type == type6);
}
bool is_request(const Packet& packet) { return is_echo(packet, kEchoRequest, kEchoRequest6); }
bool is_reply(const Packet& packet) { return is_echo(packet, kEchoReply, kEchoReply6); }

bool is_first_syn(const Packet& packet) {
  return packet.has(Protocol::tcp) && (packet.tcp_flags & (wire::kTcpSyn | wire::kTcpAck)) == wire::kTcpSyn;
}

bool is_stream(record::ProbeKind kind) {
  return kind == record::ProbeKind::tcp || kind == record::ProbeKind::http || kind == record::ProbeKind::https;
}

}  // namespace

std::size_t ProbePackets::Hash::operator()(const Key& key) const {
  const std::uint64_t ports = std::uint64_t{key.far_port} << 32 | std::uint64_t{key.own_port} << 8 | key.ip_protocol;
  const std::uint64_t mixed =
      (key.far[0] ^ key.far[1] * 0x9e37'79b9'7f4a'7c15U ^ ports * 0xd6e8'feb8'6659'fd93U) * 0xff51'afd7'ed55'8ccdU;
  return static_cast<std::size_t>(mixed ^ mixed >> 32);
}

ProbePackets::Key ProbePackets::key_of(const record::AwaitedPackets& awaited) {
  Key key;
  const auto& far = awaited.remote.address;
  std::memcpy(key.far.data(), far.bytes().data(), far.bytes().size());
  key.far_port = awaited.remote.port;
  key.own_port = awaited.local_port;
  key.ip_protocol = awaited.ip_protocol;
  key.v4 = far.is_v4();
  return key;
}

ProbePackets::Key ProbePackets::key_of(const Packet& packet, const std::array<std::uint8_t, 16>& far,
                                       std::uint16_t far_port, std::uint16_t own_port) {
  const bool echo = is_icmp(packet);
  Key key;
  std::memcpy(key.far.data(), far.data(), far.size());
  key.far_port = echo ? packet.icmp_sequence : far_port;
  key.own_port = echo ? packet.icmp_id : own_port;
  key.ip_protocol = packet.ip_protocol;
  key.v4 = packet.has(Protocol::ipv4);
  return key;
}

// As it would have been announced if this packet had left from here.
ProbePackets::Key ProbePackets::key_out(const Packet& packet) {
  return key_of(packet, packet.destination, packet.destination_port, packet.source_port);
}

// Of the packet that this one would be an answer to.
ProbePackets::Key ProbePackets::key_back(const Packet& packet) {
  return key_of(packet, packet.source, packet.source_port, packet.destination_port);
}

void ProbePackets::await(record::AwaitedPackets awaited, base::PacketTime now) {
  while (!awaited_.empty() && awaited_.front().awaited.until + kept_for_ < now) unlink_oldest();
  if (awaited_.size() >= limit_) {
    ++pushed_out_;
    unlink_oldest();
  }
  const std::uint64_t number = first_ + awaited_.size();
  Entry added;
  added.key = key_of(awaited);
  added.awaited = std::move(awaited);
  const auto [newest, is_new] = newest_.try_emplace(added.key, number);
  if (!is_new) added.older = std::exchange(newest->second, number);
  const bool knows_port = added.key.own_port != 0;
  if (knows_port) ++own_ports_[added.key.own_port % kPortGroups];
  if (!knows_port) ++ports_unknown_;
  awaited_.push_back(std::move(added));
}

void ProbePackets::unlink_oldest() {
  const Entry& oldest = awaited_.front();
  const auto newest = newest_.find(oldest.key);
  if (newest != newest_.end() && newest->second == first_) newest_.erase(newest);
  if (oldest.key.own_port == 0) --ports_unknown_;
  if (const std::uint16_t port = oldest.awaited.local_port; port != 0) {
    --own_ports_[port % kPortGroups];
    if (oldest.key.own_port == 0) unbind(oldest);
  }
  awaited_.pop_front();
  ++first_;
}

void ProbePackets::unbind(const Entry& oldest) {
  const auto bound = bound_.find(key_of(oldest.awaited));
  if (bound != bound_.end() && bound->second == first_) bound_.erase(bound);
}

bool ProbePackets::may_matter(const Packet& packet) const {
  if (!has_ports(packet)) {
    return is_icmp(packet) && (is_request(packet) || is_reply(packet) || wire::has_quote(packet));
  }
  const std::uint32_t awaited =
      own_ports_[packet.source_port % kPortGroups] | own_ports_[packet.destination_port % kPortGroups];
  return awaited != 0 || (ports_unknown_ != 0 && is_first_syn(packet));
}

std::uint64_t ProbePackets::find(const Key& key, base::PacketTime at) {
  if (const auto bound = bound_.find(key); bound != bound_.end()) {
    const auto& awaited = entry(bound->second).awaited;
    if (awaited.from <= at && at <= awaited.until) return bound->second;
  }
  const auto newest = newest_.find(key);
  if (newest == newest_.end()) return kNone;
  for (std::uint64_t number = newest->second; number != kNone && number >= first_; number = entry(number).older) {
    const auto& awaited = entry(number).awaited;
    if (awaited.from <= at) return at <= awaited.until ? number : kNone;
  }
  return kNone;
}

std::uint64_t ProbePackets::find_by_syn(const Packet& packet, base::PacketTime at) {
  if (ports_unknown_ == 0 || !is_first_syn(packet)) return kNone;
  Key key = key_out(packet);
  const std::uint16_t port = std::exchange(key.own_port, 0);
  const auto newest = newest_.find(key);
  if (newest == newest_.end()) return kNone;
  for (std::uint64_t number = newest->second; number != kNone && number >= first_; number = entry(number).older) {
    auto& awaited = entry(number).awaited;
    if (awaited.from > at || awaited.local_port != 0) continue;
    if (awaited.from + kPortKnownWithin < at) return kNone;
    awaited.local_port = port;
    ++own_ports_[port % kPortGroups];
    bound_[key_of(awaited)] = number;
    return number;
  }
  return kNone;
}

ProbePackets::Found ProbePackets::find(const Packet& packet, base::Bytes frame, base::PacketTime at) {
  if (!packet.is_ip() || !may_matter(packet)) return {};
  if (is_icmp(packet) && wire::has_quote(packet)) {
    const Packet quoted = wire::decode_quoted(frame, packet);
    const bool known = quoted.is_ip() && (has_ports(quoted) || is_request(quoted));
    return {known ? find(key_out(quoted), at) : kNone, Way::error};
  }
  if (!is_reply(packet)) {
    const std::uint64_t sent = find(key_out(packet), at);
    if (sent != kNone) return {sent, Way::out};
    const std::uint64_t opened = find_by_syn(packet, at);
    if (opened != kNone) return {opened, Way::out};
  }
  if (is_request(packet)) return {};
  return {find(key_back(packet), at), Way::back};
}

void ProbePackets::observe(const Packet& packet, base::Bytes frame, env::FrameDirection direction, bool loopback,
                           base::PacketTime at) {
  using env::FrameDirection;
  if (!may_matter(packet)) return;  // as nearly all of them
  const bool leaves = loopback || direction == FrameDirection::outgoing;
  const bool comes = loopback || (direction != FrameDirection::outgoing && direction != FrameDirection::other_host);
  if (!leaves && !comes) return;
  if (!leaves && is_first_syn(packet)) return;  // somebody else's
  const Found found = find(packet, frame, at);
  if (found.number == kNone) return;
  Entry& known = entry(found.number);
  if (found.way == Way::out && leaves && !known.left) {
    known.left = at;
    known.own = packet.source;
    note(found.number);
  }
  if (found.way != Way::out && comes && known.left && !known.came && packet.destination == known.own) {
    known.came = at;
    note(found.number);
  }
}

void ProbePackets::note(std::uint64_t number) {
  Entry& known = entry(number);
  if (!known.awaited.timed || !std::exchange(known.told, false)) return;
  seen_.push_back(number);
}

std::vector<record::ProbeSighting> ProbePackets::take_seen() {
  std::vector<record::ProbeSighting> taken;
  for (const std::uint64_t number : seen_) {
    if (number < first_) continue;
    Entry& known = entry(number);
    known.told = true;
    const auto& awaited = known.awaited;
    taken.push_back({awaited.run->number, awaited.place, awaited.local_port, *known.left, known.came});
  }
  seen_.clear();
  return taken;
}

std::optional<std::string> ProbePackets::comment(const Packet& packet, base::Bytes frame, base::PacketTime at) {
  const Found found = find(packet, frame, at);
  if (found.number == kNone) return std::nullopt;
  const auto& awaited = entry(found.number).awaited;
  const auto& run = *awaited.run;
  std::string request = is_stream(run.kind) ? "connection" : "request";
  if (awaited.of > 1) request += fmt::format(" {} of {}", awaited.place + 1, awaited.of);
  const std::string_view way = found.way == Way::error ? "an error about its "
                               : found.way == Way::out ? (is_stream(run.kind) ? "sent on its " : "its ")
                               : is_stream(run.kind)   ? "came on its "
                                                       : "the answer to its ";
  return fmt::format("holter: probe {} ({}), {}{}", base::UntrustedText(run.probe).for_terminal(), to_string(run.kind),
                     way, request);
}

}  // namespace holter::capture
