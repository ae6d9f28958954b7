#include "http/guard.h"

#include <algorithm>

namespace holter::http {
namespace {

char lower_case(char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c); }

bool names_holter(std::string_view authority, const GuardOptions& options) {
  const std::string port = ':' + std::to_string(options.port);
  if (authority.ends_with(port)) {
    authority.remove_suffix(port.size());
  } else if (options.port != 80) {
    return false;
  }
  // Names are compared without case (RFC 9110, section 4.2.3).
  const auto same = [authority](std::string_view name) {
    return std::ranges::equal(authority, name, {}, lower_case, lower_case);
  };
  if (same("localhost") || same("127.0.0.1") || same("[::1]")) return true;
  return std::ranges::any_of(options.names, same);
}

}  // namespace

std::optional<base::Error> refuse(const Request& request, const GuardOptions& options) {
  if (options.open || request.origin == Origin::control) return std::nullopt;
  if (!names_holter(request.header("host"), options)) {
    return base::Error{base::ErrorKind::permission,
                       "the Host header names another host; open holter by the address it printed at start"};
  }
  const std::string_view origin = request.header("origin");
  if (!origin.empty() && !(origin.starts_with("http://") && names_holter(origin.substr(7), options))) {
    return base::Error{base::ErrorKind::permission, "requests from pages of another origin are refused"};
  }
  const std::string_view site = request.header("sec-fetch-site");
  const bool own = site.empty() || site == "same-origin" || site == "none";
  if (!own && request.header("sec-fetch-mode") != "navigate") {
    return base::Error{base::ErrorKind::permission, "requests from pages of another site are refused"};
  }
  return std::nullopt;
}

}  // namespace holter::http
