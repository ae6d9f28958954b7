// Whatever a target sends: read or refused, and what is read of its clock stays in bounds.
#include <cstddef>
#include <cstdint>

#include "base/assert.h"
#include "probe/ntp/message.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace holter;
  const auto reply = probe::parse_ntp_reply({data, size});
  if (!reply) return 0;
  HOLTER_ASSERT(size >= 48);
  const auto now = base::WallTime::from_nanoseconds(1'800'000'000'000'000'000);
  const auto rtt = base::Duration::milliseconds(1);
  const auto reading = probe::read_clock(*reply, now, rtt);
  const auto most = base::Duration::seconds(1LL << 31);
  HOLTER_ASSERT(reading.offset <= most && reading.offset >= base::Duration::zero() - most);
  HOLTER_ASSERT(probe::kiss_of(*reply).size() <= 4 && probe::stratum_of(*reply) >= 1);
  HOLTER_ASSERT(probe::stratum_of(*reply) <= probe::kNtpUnsynchronised);
  HOLTER_ASSERT(probe::reference_of(*reply).size() <= 15);
  return 0;
}
