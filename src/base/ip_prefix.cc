#include "base/ip_prefix.h"

#include <algorithm>
#include <charconv>

namespace holter::base {
namespace {

IpAddress unmapped(const IpAddress& address) {
  constexpr std::uint8_t kMapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};  // RFC 4291, 2.5.5.2
  const Bytes bytes = address.bytes();
  if (address.is_v4() || !std::ranges::equal(bytes.first(sizeof kMapped), kMapped)) return address;
  return IpAddress::v4({bytes[12], bytes[13], bytes[14], bytes[15]});
}

// Whether the first `length` bits are the same.
bool share(Bytes a, Bytes b, unsigned length) {
  const unsigned whole = length / 8;
  const unsigned rest = length % 8;
  if (!std::ranges::equal(a.first(whole), b.first(whole))) return false;
  return rest == 0 || (a[whole] ^ b[whole]) >> (8 - rest) == 0;
}

bool only_zeros_behind(Bytes bytes, unsigned length) {
  for (unsigned bit = length; bit < bytes.size() * 8; ++bit) {
    if ((bytes[bit / 8] >> (7 - bit % 8) & 1) != 0) return false;
  }
  return true;
}

}  // namespace

Result<IpPrefix> IpPrefix::parse(std::string_view text) {
  const Error error{ErrorKind::invalid, "not an address or prefix such as 192.0.2.1, 10.0.0.0/8 or fe80::/10"};
  const auto slash = text.find('/');
  const auto address = IpAddress::parse(text.substr(0, slash));
  if (!address || address->zone() != 0) return error;
  const auto most = static_cast<unsigned>(address->bytes().size() * 8);
  unsigned length = most;
  if (slash != text.npos) {
    const std::string_view digits = text.substr(slash + 1);
    const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
    if (failure != std::errc() || end != digits.data() + digits.size() || length > most) return error;
  }
  if (!only_zeros_behind(address->bytes(), length)) {
    return Error{ErrorKind::invalid, "a prefix with bits set behind its length"};
  }
  IpPrefix prefix;
  prefix.first_ = *address;
  prefix.length_ = static_cast<std::uint8_t>(length);
  return prefix;
}

bool IpPrefix::contains(const IpAddress& address) const {
  const IpAddress plain = unmapped(address);
  return plain.family() == first_.family() && share(plain.bytes(), first_.bytes(), length_);
}

std::string to_string(const IpPrefix& prefix) {
  const bool single = prefix.length_ == prefix.first_.bytes().size() * 8;
  return to_string(prefix.first_) + (single ? "" : '/' + std::to_string(prefix.length_));
}

}  // namespace holter::base
