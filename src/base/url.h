// Where to, as people write it: a host with a port, and the URLs of HTTP (RFC 3986, RFC 9110). Only what holter sends
// on is taken: visible ASCII, no user information (base/url_user.h takes it out before), no fragment. An IPv6 address
// may have a zone (RFC 6874). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace holter::base {

inline constexpr std::size_t kMaxUrlBytes = 2'048;
inline constexpr std::size_t kMaxHostBytes = 253;

// Whether `text` can be the name of a host or one of its addresses, with a zone or without ("fe80::1%eth0").
bool is_host(std::string_view text);

struct HostPort {
  std::string host;  // without the brackets of an IPv6 address
  std::uint16_t port = 0;

  friend bool operator==(const HostPort&, const HostPort&) = default;
};

// "db.example:5432", "192.0.2.1:22", "[2001:db8::1]:443"; the port is 1 to 65535. Empty when it is none.
std::optional<HostPort> parse_host_port(std::string_view text);

struct HttpUrl {
  bool secure = false;     // https
  HostPort at;             // with the port of the scheme when the URL names none
  std::string path = "/";  // as it is sent: with the query

  friend bool operator==(const HttpUrl&, const HttpUrl&) = default;
};

// The error's message is the end of a sentence: "has no host".
Result<HttpUrl> parse_http_url(std::string_view text);
// Where `reference` leads that was found at `from`: a Location header (RFC 3986, 5.2). What browsers forgive is
// forgiven: a space and a letter that is not ASCII count as their %XX. The error as above.
Result<HttpUrl> follow(const HttpUrl& from, std::string_view reference);
// The inverse of parse_http_url(), with the port where it is not the usual one.
std::string to_string(const HttpUrl& url);

}  // namespace holter::base
