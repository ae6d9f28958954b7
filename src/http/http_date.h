// The dates of HTTP (RFC 9110, 5.6.7), in the form that is sent today: "Sun, 06 Nov 1994 08:49:37 GMT". Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace holter::http {

// Seconds since 1970, UTC; empty for what is no date of that form. The day of the week is not looked at.
std::optional<std::int64_t> parse_http_date(std::string_view text);

}  // namespace holter::http
