// The list of services that the ancestor's management application reads (JSON):
//
//   {"servers": [{"name": "google", "host": "www.google.com", "port": 80, "service": "ping", "interval": 10,
//                 "server_number": 1, "count": 10}]}
//
// with a service of ping, ICMP, traceroute, HTTP, HTTPS, TCP, UDP, DNS and NTP in any case. `interval` is in seconds;
// `count` repeats it and stands in for one that is missing. `server_number` becomes a label. Pure; the text is hostile.
#pragma once

#include <string_view>

#include "base/result.h"
#include "imports/imported.h"

namespace holter::imports {

// Whether a text can be one: no TOML and no YAML file of the others begins so.
bool looks_like_list(std::string_view text);

// An entry that cannot be probed has a fault; the others are not the worse for it. ErrorKind::invalid when the text is
// no list at all: a sentence that begins with the line where there is one.
base::Result<Imported> read_list(std::string_view text);

}  // namespace holter::imports
