// Guard keeps other web sites' scripts away from a holter that listens on loopback: the Host header must name one of
// holter's own addresses (a rebound DNS name does not), and a request that a browser sends on behalf of a page must
// come from holter's own page (Origin, Sec-Fetch-Site). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "http/message.h"

namespace holter::http {

struct GuardOptions {
  std::uint16_t port = 0;                 // the port holter listens on
  std::vector<std::string> names;         // besides localhost, 127.0.0.1 and [::1]; without a port
  bool open = false;                      // whoever asks may, by any name: what is served there wants a key
};

// The error (permission) to answer with, or nothing when the request may pass.
std::optional<base::Error> refuse(const Request& request, const GuardOptions& options);

}  // namespace holter::http
