// IpPrefix is a range of addresses that share their first bits: "10.0.0.0/8", "fe80::/10", or one address.
#pragma once

#include "base/ip.h"

namespace holter::base {

class IpPrefix {
 public:
  // ErrorKind::invalid: no prefix, or one with bits set behind its length.
  static Result<IpPrefix> parse(std::string_view text);

  // Whether the address is among them. One of IPv4 that is written as IPv6 (::ffff:192.0.2.1) is one of IPv4.
  bool contains(const IpAddress& address) const;

  friend std::string to_string(const IpPrefix& prefix);
  friend bool operator==(const IpPrefix&, const IpPrefix&) = default;

 private:
  IpAddress first_;
  std::uint8_t length_ = 0;  // in bits
};

}  // namespace holter::base
