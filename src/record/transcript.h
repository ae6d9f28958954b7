// A transcript is what a probe sent, what came and what it noted, each with its time: so that a person sees why a
// target is taken to be down. It is kept with results that failed. Texts come from peers. Plain values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "base/untrusted_text.h"

namespace holter::record {

inline constexpr std::size_t kMaxTranscriptLines = 64;
inline constexpr std::size_t kMaxTranscriptLineBytes = 200;

enum class Direction : std::uint8_t { sent = 0, came = 1, noted = 2 };

std::string_view to_string(Direction direction);

struct TranscriptLine {
  base::Duration at;  // since the start of the probe
  Direction direction = Direction::noted;
  base::UntrustedText text;

  friend bool operator==(const TranscriptLine&, const TranscriptLine&) = default;
};

using Transcript = std::vector<TranscriptLine>;

// Adds a line, cut to kMaxTranscriptLineBytes. The last line there is room for says that more followed.
void add_line(Transcript& transcript, base::Duration at, Direction direction, std::string_view text);

// "   1.204 ms  > SYN to 192.0.2.1:443", one line each, for a screen.
std::string to_string(const Transcript& transcript);

}  // namespace holter::record
