// The user information of a URL (RFC 3986, 3.2.1): "https://user:password@host/". It is taken out before the URL is
// used, and masked before the URL is shown. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace holter::base {

struct UrlUser {
  std::string name;
  std::string password;

  friend bool operator==(const UrlUser&, const UrlUser&) = default;
};

struct UrlAndUser {
  std::string url;              // without its user information
  std::optional<UrlUser> user;  // with %XX decoded
};

// The error's message is the end of a sentence: "has a user name with ...".
Result<UrlAndUser> take_user(std::string_view text);

// For people: "https://***@host/". Also hides what was meant as a user and is none: a password with a '/' in it.
std::string masked_url(std::string_view text);

}  // namespace holter::base
