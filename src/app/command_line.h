// The command line as a value: what was asked, or what is wrong with the asking. Reads nothing but its arguments.
#pragma once

#include "app/options.h"

namespace holter::app {

Command parse_command_line(int argc, const char* const* argv);

// "10ms", "1s", "5m", "2h"; empty when it is none of these or not above zero.
std::optional<base::Duration> parse_duration(const std::string& text);
// "512MiB", "2GB", "1048576".
std::optional<std::uint64_t> parse_size(const std::string& text);
// "192.0.2.1:4280", "[::1]:4280".
std::optional<base::Endpoint> parse_endpoint(const std::string& text);

}  // namespace holter::app
