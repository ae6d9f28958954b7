// Any bytes as what a peer says, in two portions, cut or ended in order: the talk comes to an end, waits for nothing
// that cannot come, and answers in lines.
#include "base/assert.h"
#include "heartbeat/line_talk.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace holter;
  using namespace holter::heartbeat;
  if (size == 0) return 0;
  const VerifyKey verify = [](std::string_view name, std::string_view key) {
    return name == key ? KeyVerdict::good : KeyVerdict::wrong;
  };
  LineCounters counters;
  auto now = base::Instant::from_nanoseconds(1);
  LineTalk talk({.loopback = data[0] % 2 == 0, .encrypted = false}, verify, counters, now);
  std::string output;
  base::Bytes left(data + 1, size - 1);
  bool ended = false;
  for (int turn = 0; turn < 10'000 && !talk.over(); ++turn) {
    if (talk.wants_bytes() && !left.empty()) {
      const base::Bytes part = left.first(std::max<std::size_t>(left.size() / 2, 1));
      talk.on_bytes(part);
      left = left.subspan(part.size());
    } else if (talk.wants_bytes() && !std::exchange(ended, true)) {
      talk.on_end(data[0] % 3 == 0);
    }
    while (const auto said = talk.next(now)) {
      HOLTER_ASSERT(!said->name.empty() && said->name.size() <= kMaxNameBytes);
      HOLTER_ASSERT(said->text.size() <= kMaxTextBytes);
      Reply ask;
      ask.name = said->name;
      talk.on_ask(ask);
      if (turn % 2 == 0) talk.on_ack(said->number);
    }
    output += talk.take_output();
    now += base::Duration::seconds(1);
    talk.on_unconfirmed(now);
  }
  HOLTER_ASSERT(talk.over() && counters.waiting == 0);
  HOLTER_ASSERT(output.empty() || output.back() == '\n');
  return 0;
}
