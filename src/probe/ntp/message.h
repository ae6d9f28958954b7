// NTP messages as the ntp prober needs them (RFC 5905; version 3, RFC 1305, has the same form): one question out, the
// reply's header back, and what both say of the clocks. Pure.
//
// Times on the wire count 2^-32 s since 1900 and begin anew every 136 years, next in 2036. Only differences are taken
// from them, which are right while two clocks are less than 68 years apart, in whatever era.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_reader.h"
#include "base/result.h"
#include "base/time.h"

namespace holter::probe {

inline constexpr std::uint8_t kNtpOldest = 3;  // versions that are asked in
inline constexpr std::uint8_t kNtpNewest = 4;
inline constexpr std::uint8_t kNtpUnsynchronised = 16;  // the stratum of a clock that follows none

enum class NtpLeap : std::uint8_t { none = 0, insert = 1, remove = 2, unsynchronised = 3 };
std::string_view to_string(NtpLeap leap);

struct NtpTime {
  std::uint64_t units = 0;  // of 2^-32 s since the beginning of the era

  friend bool operator==(NtpTime, NtpTime) = default;
};
NtpTime ntp_time(base::WallTime time);
base::Duration operator-(NtpTime a, NtpTime b);  // the shorter way round

struct NtpReply {
  NtpLeap leap = NtpLeap::none;
  std::uint8_t version = 0;
  std::uint8_t stratum = 0;  // as on the wire, where 0 is none
  base::Duration root_delay;
  base::Duration root_dispersion;
  std::array<std::uint8_t, 4> reference_id{};
  NtpTime origin;    // our question's mark
  NtpTime received;  // the question, at the target
  NtpTime sent;      // the reply, at the target
};

// A question in client mode. `mark` stands where our time would: the reply repeats it, and nobody learns our clock.
std::vector<std::uint8_t> ntp_question(std::uint8_t version, NtpTime mark);
// ErrorKind::corrupt when the bytes are no reply in server mode.
base::Result<NtpReply> parse_ntp_reply(base::Bytes bytes);

// The code of a kiss-o'-death, by which the target declines: "RATE". Empty: it is none.
std::string kiss_of(const NtpReply& reply);
// "asked too often"; empty for a code that RFC 5905 and RFC 8915 do not know.
std::string_view kiss_words(std::string_view code);

bool is_synchronised(const NtpReply& reply);
// 1 to 16, as clocks count.
std::uint8_t stratum_of(const NtpReply& reply);
// "GPS" of a reference clock; of a target that follows another "192.0.2.1", which over IPv6 is no address but a hash.
std::string reference_of(const NtpReply& reply);

struct NtpReading {
  base::Duration offset;  // how far the target's clock is ahead of ours
  base::Duration delay;   // of the network, both ways, without what the target took
  base::WallTime time;    // the target's, when its reply arrived
};
// `rtt` ended at `arrived`.
NtpReading read_clock(const NtpReply& reply, base::WallTime arrived, base::Duration rtt);

}  // namespace holter::probe
