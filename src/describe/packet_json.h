// One packet as one JSON object on one line: a key for each layer that was decoded, from the outside in, with every
// field that its decoder listed, under the names that filters and --fields use. A layer that is there again has a
// number ("ipv4_2" is the packet in a tunnel). docs/fields.md names every member. One thread.
//
//   {"frame":{"number":1,"time":"2026-03-01T12:34:56.789012345Z",…},"ethernet":{…},"ipv4":{…},"tcp":{…}}
#pragma once

#include <array>
#include <limits>

#include "describe/frame_facts.h"
#include "describe/text_buffer.h"

namespace holter::describe {

class PacketJson {
 public:
  // Without a line break.
  void append(TextBuffer& out, const SeenFrame& frame);

 private:
  char* put_frame(TextBuffer& out, const SeenFrame& frame);
  char* put_time(char* at, base::PacketTime time);

  std::int64_t second_ = std::numeric_limits<std::int64_t>::min();  // of which the text is "2026-03-01T12:34:56"
  std::array<char, 19> second_text_{};
};

}  // namespace holter::describe
