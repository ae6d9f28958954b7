#include "env/icmp_words.h"

#include <array>

namespace holter::env {

using Family = base::IpAddress::Family;

std::string_view icmp_error_words(Family family, std::uint8_t type, std::uint8_t code) {
  constexpr std::array<std::string_view, 14> v4 = {"network unreachable",
                                                   "host unreachable",
                                                   "protocol unreachable",
                                                   "port unreachable",
                                                   "fragmentation needed",
                                                   "source route failed",
                                                   "network unknown",
                                                   "host unknown",
                                                   "source host isolated",
                                                   "network prohibited",
                                                   "host prohibited",
                                                   "network unreachable for this type of service",
                                                   "host unreachable for this type of service",
                                                   "administratively prohibited"};
  constexpr std::array<std::string_view, 7> v6 = {
      "no route",         "administratively prohibited", "beyond scope of source", "address unreachable",
      "port unreachable", "source address refused",      "route rejected"};
  const bool v4_family = family == Family::v4;
  if (type == (v4_family ? 11 : 3)) return "time to live exceeded";
  if (!v4_family && type == 2) return "packet too big";
  if (type != (v4_family ? 3 : 1)) return "ICMP error";
  if (v4_family) return code < v4.size() ? v4[code] : "unreachable";
  return code < v6.size() ? v6[code] : "unreachable";
}

}  // namespace holter::env
