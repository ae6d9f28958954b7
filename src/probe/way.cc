#include "probe/way.h"

#include "probe/option.h"

namespace holter::probe {
namespace {

using Family = base::IpAddress::Family;

template <Family kFamily>
Wrong read_family(const std::string& value, Way& into) {
  bool wanted = false;
  if (const Wrong why = read_value(value, wanted); why || !wanted) return why;
  if (into.family && *into.family != kFamily) return "is there beside its opposite";
  into.family = kFamily;
  return std::nullopt;
}

template <std::optional<std::uint8_t> env::Egress::* kMember, std::uint32_t kLeast, std::uint32_t kMost>
Wrong read_small(const std::string& value, Way& into) {
  std::uint32_t number = 0;
  if (const Wrong why = read_value(value, number)) return why;
  if (number < kLeast || number > kMost) {
    return "is a whole number from " + std::to_string(kLeast) + " to " + std::to_string(kMost);
  }
  into.*kMember = static_cast<std::uint8_t>(number);
  return std::nullopt;
}

Wrong read_source(const std::string& value, Way& into) {
  const auto address = base::IpAddress::parse(value);
  if (!address) return "is an address of this host";
  into.source = *address;
  return std::nullopt;
}

Wrong read_interface(const std::string& value, Way& into) {
  constexpr std::size_t kMaxName = 15;  // IFNAMSIZ without its end
  if (value.empty() || value.size() > kMaxName) return "is the name of an interface, of at most 15 bytes";
  into.interface = value;
  return std::nullopt;
}

constexpr Option<Way> kWayOptions[] = {
    {{"ipv4", "", "Ask an IPv4 address alone", false, '4'}, read_family<Family::v4>},
    {{"ipv6", "", "Ask an IPv6 address alone", false, '6'}, read_family<Family::v6>},
    {{"source", "ADDRESS", "The own address to ask from"}, read_source},
    {{"interface", "NAME", "The interface to ask through"}, read_interface},
    {{"ttl", "N", "Time to live of what is sent, or hop limit"}, read_small<&env::Egress::ttl, 1, 255>},
    {{"dscp", "N", "Differentiated services codepoint of what is sent"},
     read_small<&env::Egress::dscp, 0, env::kMaxDscp>},
};

}  // namespace

std::span<const Option<Way>> way_options() { return kWayOptions; }

env::DatagramOptions datagram_options(const Way& way, const base::IpAddress& to) {
  env::DatagramOptions options;
  options.local = {way.source.value_or(base::IpAddress::any(to.family())), 0};
  options.egress = way;
  options.stamps = true;
  options.errors = true;
  return options;
}

}  // namespace holter::probe
