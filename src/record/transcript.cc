#include "record/transcript.h"

#include <array>
#include <cstdio>

namespace holter::record {

void add_line(Transcript& transcript, base::Duration at, Direction direction, std::string_view text) {
  if (transcript.size() == kMaxTranscriptLines) return;
  if (transcript.size() + 1 == kMaxTranscriptLines) {
    transcript.push_back({at, Direction::noted, base::UntrustedText("and more, which is not kept")});
    return;
  }
  transcript.push_back({at, direction, base::UntrustedText(text, kMaxTranscriptLineBytes)});
}

std::string to_string(const Transcript& transcript) {
  static constexpr std::array<char, 3> kMarks = {'>', '<', '-'};
  std::string text;
  for (const TranscriptLine& line : transcript) {
    std::array<char, 32> at{};
    std::snprintf(at.data(), at.size(), "%9.3f ms  ", line.at.in_seconds() * 1'000);
    text.append(at.data()).append(1, kMarks.at(static_cast<std::size_t>(line.direction))).append(1, ' ');
    text.append(line.text.for_terminal()).append(line.text.was_cut() ? "...\n" : "\n");
  }
  return text;
}

}  // namespace holter::record
