// NTP (RFC 5905) and SNTP: the 48 bytes of modes 1 to 5 whole; of control (6) and private (7) messages only what they
// are. Timestamps are raw: 32 bits of seconds since 1900 (modulo 2^32) and 32 bits of fraction.
#pragma once

#include "wire/application/payload.h"

namespace holter::wire {

struct NtpFields {
  FieldInfo leap{"leap", FieldType::number, "0 none, 1 the last minute has 61 s, 2 it has 59 s, 3 not synchronized"};
  FieldInfo version{"version", FieldType::number, "1 to 4"};
  FieldInfo mode{"mode", FieldType::number, "3 asks, 4 answers, 5 broadcasts, 6 control, 7 private"};
  FieldInfo stratum{"stratum", FieldType::number, "steps from a clock; 0 is a kiss of death, 16 not synchronized"};
  FieldInfo poll{"poll", FieldType::signed_number, "interval, log2 of seconds"};
  FieldInfo precision{"precision", FieldType::signed_number, "of the clock, log2 of seconds"};
  FieldInfo root_delay{"root_delay", FieldType::decimal, "round trip to the clock, seconds"};
  FieldInfo root_dispersion{"root_dispersion", FieldType::decimal, "how wrong it may be, seconds"};
  FieldInfo reference_id{"reference_id", FieldType::bytes, "where the time is from: an address, or letters"};
  FieldInfo reference_time{"reference_time", FieldType::number, "when the clock was last set, raw"};
  FieldInfo originate_time{"originate_time", FieldType::number, "when the question left, raw"};
  FieldInfo receive_time{"receive_time", FieldType::number, "when the question came, raw"};
  FieldInfo transmit_time{"transmit_time", FieldType::number, "when this left, raw"};
};
inline constexpr NtpFields kNtpFields;

inline constexpr std::uint16_t kNtpPort = 123;

// False, and nothing listed: it is no NTP.
bool list_ntp(Payload payload);

}  // namespace holter::wire
