// Any text as a cron expression: what is taken comes again and again, always later, in a place whose clocks are set.
#include "base/assert.h"
#include "heartbeat/cron.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace holter;
  static const heartbeat::TimeZone place = heartbeat::TimeZone::find("Europe/Berlin").value();
  const auto cron = heartbeat::CronExpression::parse({reinterpret_cast<const char*>(data), size});
  if (!cron) return 0;
  base::WallTime at = base::WallTime::from_nanoseconds(1'711'000'000'000'000'000);
  for (int i = 0; i < 5; ++i) {
    const auto next = cron->next(at, place);
    HOLTER_ASSERT(next.has_value() && *next > at);
    at = *next;
  }
  return 0;
}
