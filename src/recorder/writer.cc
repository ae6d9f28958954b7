#include "recorder/writer.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "recorder/block.h"

namespace holter::recorder {
namespace {

using wire::Protocol;

constexpr std::size_t kTagPlace = 12;  // behind both addresses of an Ethernet header

constexpr std::uint64_t bit(Protocol protocol) { return std::uint64_t{1} << static_cast<unsigned>(protocol); }

constexpr std::uint64_t kControlProtocols = bit(Protocol::arp) | bit(Protocol::icmp) | bit(Protocol::icmpv6) |
                                            bit(Protocol::igmp) | bit(Protocol::stp) | bit(Protocol::lldp) |
                                            bit(Protocol::cdp) | bit(Protocol::lacp);

constexpr bool is_control_over_ip(std::uint8_t protocol) {
  switch (protocol) {
    case 88:   // EIGRP
    case 89:   // OSPF
    case 103:  // PIM
    case 112:  // VRRP, CARP
    case 124:  // IS-IS over IPv4
      return true;
    default: return false;
  }
}

constexpr bool is_control_port(std::uint16_t port) {
  switch (port) {
    case 53:  // DNS
    case 67:
    case 68:   // DHCP
    case 179:  // BGP
    case 520:
    case 521:  // RIP
    case 546:
    case 547:  // DHCPv6
    case 1985:
    case 2029:  // HSRP
    case 3222:  // GLBP
    case 3784:
    case 3785:
    case 4784:  // BFD
    case 5353:  // mDNS
    case 5355:  // LLMNR
      return true;
    default: return false;
  }
}

std::uint64_t word_of(base::PacketTime time) { return static_cast<std::uint64_t>(time.in_nanoseconds()); }

void add(Words words, std::size_t at, std::uint64_t n) { words.store(at, words.load(at) + n); }

// Bytes into words; what is left of the last one is zero.
void fill(Words words, std::size_t at, base::Bytes bytes) {
  const std::uint8_t* from = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= 8; left -= 8, from += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, from, 8);
    words.store(at++, word);
  }
  if (left == 0) return;
  std::uint64_t word = 0;
  std::memcpy(&word, from, left);
  words.store(at, word);
}

// The same with a tag between the addresses and what follows.
void fill_tagged(Words words, std::size_t at, base::Bytes bytes, std::uint16_t ether_type, std::uint16_t tci) {
  // Two words hold just the addresses and the tag.
  std::array<std::uint8_t, kTagPlace + kTagBytes> front{};
  static_assert(front.size() % 8 == 0);
  std::copy_n(bytes.begin(), kTagPlace, front.begin());
  front[kTagPlace] = static_cast<std::uint8_t>(ether_type >> 8);
  front[kTagPlace + 1] = static_cast<std::uint8_t>(ether_type);
  front[kTagPlace + 2] = static_cast<std::uint8_t>(tci >> 8);
  front[kTagPlace + 3] = static_cast<std::uint8_t>(tci);
  fill(words, at, front);
  fill(words, at + front.size() / 8, bytes.subspan(kTagPlace));
}

}  // namespace

bool is_control(const wire::Packet& packet) {
  if ((packet.protocols & kControlProtocols) != 0 || is_control_over_ip(packet.ip_protocol)) return true;
  if (!packet.has(Protocol::udp) && !packet.has(Protocol::tcp)) return false;
  return is_control_port(packet.source_port) || is_control_port(packet.destination_port);
}

Writer::Writer(const Ring& ring)
    : ring_(ring), open_{Open(ring, Share::usual), Open(ring, Share::monitored), Open(ring, Share::control)} {}

void Writer::begin_source(std::string_view interface, wire::LinkType link, base::PacketTime now) {
  link_ = link;
  rename(interface);
  for (const Share share : kShares) ring_.of_share(share).store(kSinceAt, word_of(now));
}

void Writer::rename(std::string_view interface) {
  name_ = {};
  std::memcpy(name_.data(), interface.data(), std::min(interface.size(), sizeof(name_)));
  for (Open& open : open_) open.used = kDataBytes;
}

void Writer::end_source() {
  for (const Share share : kShares) ring_.of_share(share).store(kSinceAt, 0);
}

void Writer::set_monitored(const std::vector<base::IpAddress>& hosts) {
  monitored_.clear();
  for (const auto& host : hosts) {
    if (monitored_.size() < kMaxMonitored) monitored_.insert(HostKey::of(host));
  }
}

Share Writer::share_of(const wire::Packet& packet, const FrameHosts& hosts) const {
  if (is_control(packet)) return Share::control;
  if (monitored_.empty()) return Share::usual;
  const bool monitored = std::ranges::any_of(hosts, [this](const HostKey& host) { return monitored_.contains(host); });
  return monitored ? Share::monitored : Share::usual;
}

void Writer::record(const Frame& frame, const wire::Packet& packet) {
  const FrameHosts hosts({frame.bytes, frame.original_length, link_, frame.hints}, packet);
  const Share share = share_of(packet, hosts);
  Open& open = open_[index_of(share)];
  const std::size_t most = (kFrameWords + words_of(ring_.layout().snaplen + kTagBytes)) * 8;
  if (kDataBytes - open.used < most) open_next(share, frame.captured_at);

  const HostSet index(open.block);
  for (const HostKey& host : hosts) index.add(host.hash());
  const std::size_t captured = put(open, frame);
  open.used += (kFrameWords + words_of(captured)) * 8;
  open.oldest = std::min(open.oldest, frame.captured_at);
  open.latest = std::max(open.latest, frame.captured_at);
  open.block.store(kOldestAt, word_of(open.oldest));
  open.block.store(kLatestAt, word_of(open.latest));
  open.block.store(kCountAt, ++open.frames);
  open.block.release(kStateAt, state_of(open.sequence, open.used));
  const Words share_words = ring_.of_share(share);
  add(share_words, kFramesAt, 1);
  add(share_words, kBytesAt, captured);
}

void Writer::open_next(Share share, base::PacketTime now) {
  Open& open = open_[index_of(share)];
  ++open.sequence;
  open.block = ring_.block(share, open.sequence);
  open.used = 0;
  open.frames = 0;
  open.oldest = base::PacketTime::max();
  open.latest = base::PacketTime::from_nanoseconds(std::numeric_limits<std::int64_t>::min());
  count_overwritten(share, open.block, now);
  ring_.of_share(share).release(kNewestAt, open.sequence);
  open.block.release(kStateAt, state_of(open.sequence, 0));
  // Nobody sees what follows without seeing that the block is another now.
  std::atomic_thread_fence(std::memory_order_release);
  open.block.store(kLinktypeAt, wire::pcap_of_link_type(link_));
  for (std::size_t i = 0; i < kNameWords; ++i) open.block.store(kNameAt + i, name_[i]);
  HostSet(open.block).clear();
}

void Writer::count_overwritten(Share share, Words block, base::PacketTime now) const {
  if (used_in(block.load(kStateAt)) == 0) return;
  const auto latest = base::PacketTime::from_nanoseconds(static_cast<std::int64_t>(block.load(kLatestAt)));
  if (latest >= ring_.visible_since(share, sequence_in(block.load(kStateAt)), now)) {
    add(ring_.of_share(share), kOverwrittenAt, block.load(kCountAt));
  }
}

// How many bytes of the frame it kept. A tag that the device took out is put back where it was.
std::size_t Writer::put(const Open& open, const Frame& frame) const {
  const std::size_t at = kDataAt + open.used / 8;
  const bool tagged = frame.hints.has_vlan && frame.bytes.size() >= kTagPlace && link_ == wire::LinkType::ethernet;
  const base::Bytes bytes = frame.bytes.first(std::min<std::size_t>(frame.bytes.size(), ring_.layout().snaplen));
  FrameShape shape{frame.original_length, static_cast<std::uint16_t>(bytes.size()), frame.direction};
  if (tagged) {
    shape.original_length += kTagBytes;
    shape.captured += kTagBytes;
    fill_tagged(open.block, at + kFrameWords, bytes, frame.vlan_ether_type, frame.hints.vlan_tci);
  } else {
    fill(open.block, at + kFrameWords, bytes);
  }
  open.block.store(at, word_of(frame.captured_at));
  open.block.store(at + 1, shape.packed());
  return shape.captured;
}

}  // namespace holter::recorder
