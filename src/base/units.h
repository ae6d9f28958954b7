// Durations and sizes as people write them, the same everywhere: in holter.toml, on the command line, in queries of the
// API. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace holter::base {

// A number, whole or with decimals, and its unit: "200us", "500ms", "1s", "1.5m", "2h", "7d". Above 0 and at
// most 100 years; empty when it is none of these.
std::optional<Duration> parse_duration(std::string_view text);

// The same backwards, in the largest unit of which it is a whole number: "36h", "90s", "1500ms".
std::string duration_text(Duration duration);

// A whole number with B, kB, KiB, MB, MiB, GB, GiB, TB or TiB, or without a unit for bytes: "512MiB". Above 0 and at
// most 1 EiB; empty when it is none of these.
std::optional<std::uint64_t> parse_size(std::string_view text);

// In binary units with at most one decimal: "512 MiB", "1.5 KiB", "12 B". For people.
std::string size_text(std::uint64_t bytes);

}  // namespace holter::base
