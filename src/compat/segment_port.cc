#include "compat/segment_port.h"

#include <algorithm>

#include "base/untrusted_text.h"

namespace holter::compat {
namespace {

constexpr std::string_view kComponent = "heartbeat";
constexpr std::uint16_t kFirstPort = 1'024;
constexpr std::uint16_t kLastPort = 65'353;

bool has_ipv4(const env::Interface& interface) {
  return std::ranges::any_of(interface.addresses, [](const base::IpAddress& address) { return address.is_v4(); });
}

bool has(const env::Interface& interface, const base::IpAddress& address) {
  return std::ranges::find(interface.addresses, address) != interface.addresses.end();
}

}  // namespace

base::Result<std::unique_ptr<SegmentPort>> SegmentPort::open(env::Env env, SegmentPortOptions options,
                                                             Receiver receiver) {
  std::unique_ptr<SegmentPort> port(new SegmentPort(env, std::move(receiver)));
  env::DatagramOptions raw;
  raw.kind = env::DatagramKind::ipv4_raw;
  auto out = env.network.open_datagram(raw);
  if (!out) return out.error();
  port->out_ = std::move(*out);
  for (const std::string& interface : options.interfaces) {
    for (const std::uint16_t tcp_port : options.ports) {
      Tap tap;
      tap.options.interface = interface;
      tap.options.promiscuous = false;
      tap.options.ring_bytes = kRingBytes;
      tap.options.tcp_port = tcp_port;
      auto source = env.frames.open(tap.options);
      if (!source) return source.error();
      tap.source = std::move(*source);
      port->taps_.push_back(std::move(tap));
    }
  }
  return port;
}

void SegmentPort::run_in(env::TaskGroup& tasks) {
  for (std::size_t number = 0; number < taps_.size(); ++number) tasks.spawn(read(number));
}

env::Task<void> SegmentPort::read(std::size_t number) {
  Tap& tap = taps_[number];
  const base::UntrustedText interface(tap.options.interface);
  for (;;) {
    const base::Error ended = co_await read_until_it_ends(tap);
    count_drops(tap);
    tap.source.reset();
    env_.log.warn(kComponent, "no segments are heard; holter goes on trying",
                  {{"interface", interface}, {"why", ended.message}});
    while (!tap.source) {
      co_await env_.clock.sleep_for(kRetry);
      auto again = env_.frames.open(tap.options);
      if (again) tap.source = std::move(*again);
    }
    env_.log.info(kComponent, "segments are heard again", {{"interface", interface}});
  }
}

env::Task<base::Error> SegmentPort::read_until_it_ends(Tap& tap) {
  const wire::LinkType link = wire::link_type_of_arphrd(tap.source->hardware_type());
  for (;;) {
    const auto block = co_await tap.source->next_block();
    if (!block) co_return block.error();
    for (const env::Frame& frame : *block) take(frame, link);
  }
}

// A frame with a tag belongs to another interface, on which it is seen once more.
void SegmentPort::take(const env::Frame& frame, wire::LinkType link) {
  if (frame.direction != env::FrameDirection::host || frame.has_vlan) return;
  const auto segment = parse_segment(frame.bytes, frame.original_length, link, frame.checksum_not_ready);
  if (segment) {
    receiver_(*segment);
  } else {
    ++damaged_;
  }
}

std::uint64_t SegmentPort::dropped() {
  for (Tap& tap : taps_) {
    if (tap.source) count_drops(tap);
  }
  return dropped_;
}

void SegmentPort::count_drops(Tap& tap) {
  const auto counters = tap.source->read_counters();
  if (counters) dropped_ += counters->drops;
}

base::Result<void> SegmentPort::send(const base::IpAddress& to, base::Bytes packet) {
  const auto sent = out_->send({to, 0}, packet);
  if (!sent) return sent.error();
  return {};
}

base::Result<void> SegmentPort::send(const base::IpAddress& to, const MessagePackets& packets) {
  for (const auto& packet : packets) {
    if (auto sent = send(to, packet); !sent) return sent;
  }
  return {};
}

std::uint16_t random_port(env::Random& random) {
  return static_cast<std::uint16_t>(kFirstPort + random.below(kLastPort - kFirstPort + 1));
}

base::Result<std::vector<std::string>> interfaces_for_segments(env::Host& host, const std::string& wanted) {
  if (!wanted.empty()) return std::vector{wanted};
  const auto all = host.interfaces();
  if (!all) return all.error();
  std::vector<std::string> names;
  for (const env::Interface& interface : *all) {
    if (interface.up && has_ipv4(interface) && names.size() < SegmentPort::kMaxInterfaces) {
      names.push_back(interface.name);
    }
  }
  if (names.empty()) return base::Error{base::ErrorKind::not_found, "no interface is up and has an IPv4 address"};
  return names;
}

base::IpAddress own_address(env::Host& host, const std::vector<std::string>& interfaces) {
  const auto all = host.interfaces();
  for (const env::Interface& interface : all ? *all : std::vector<env::Interface>()) {
    if (interface.loopback || std::ranges::find(interfaces, interface.name) == interfaces.end()) continue;
    const auto found = std::ranges::find_if(interface.addresses, [](const auto& address) { return address.is_v4(); });
    if (found != interface.addresses.end()) return *found;
  }
  return base::IpAddress::loopback(base::IpAddress::Family::v4);
}

base::Result<std::string> interface_towards(env::Host& host, const base::IpAddress& peer, const base::IpAddress& own) {
  const auto all = host.interfaces();
  if (!all) return all.error();
  const bool this_host = peer.is_loopback() || std::ranges::any_of(*all, [&](const auto& i) { return has(i, peer); });
  const auto found = std::ranges::find_if(
      *all, [&](const env::Interface& interface) { return this_host ? interface.loopback : has(interface, own); });
  if (found != all->end()) return found->name;
  return base::Error{base::ErrorKind::not_found, "no interface has the address " + base::to_string(own)};
}

}  // namespace holter::compat
