// A line of the log for people and for programs that read lines:
//
//   2026-03-01T12:34:56.789Z info  heartbeat: session is up session=db1 peer=192.0.2.7:40112
//
// Date in UTC, level, component, message, fields. A message holds no '=', so the first key=value is where it ends:
// docs/logs.md says how to read one back. Pure.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "base/time.h"
#include "env/log.h"

namespace holter::env_linux {

enum class Colours : unsigned char { none, ansi };

// "session is up session=db1": what is said, without when, how grave and by whom.
std::string log_text(std::string_view message, std::initializer_list<env::LogField> fields);
// The line of such a text, with its newline.
std::string log_line(base::WallTime at, env::LogLevel level, std::string_view component, std::string_view text,
                     Colours colours);

}  // namespace holter::env_linux
