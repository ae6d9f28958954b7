#include "probe/ntp/message.h"

#include <algorithm>
#include <utility>

#include "base/ip.h"

namespace holter::probe {
namespace {

constexpr std::size_t kHeaderBytes = 48;
constexpr std::uint8_t kModeOfQuestions = 3;
constexpr std::uint8_t kModeOfReplies = 4;
constexpr std::uint64_t kUnixEpoch = 2'208'988'800;  // in seconds since 1900
constexpr std::int64_t kSecond = 1'000'000'000;      // in nanoseconds

// 16 bits of seconds, 16 of their fraction.
base::Duration short_duration(std::uint32_t wire) {
  return base::Duration::nanoseconds(static_cast<std::int64_t>(wire) * kSecond >> 16);
}

std::string ascii_of(const std::array<std::uint8_t, 4>& id) {
  std::string text(id.begin(), id.end());
  text.erase(std::min(text.find('\0'), text.size()));
  return text;
}

}  // namespace

std::string_view to_string(NtpLeap leap) {
  switch (leap) {
    case NtpLeap::none: return "none";
    case NtpLeap::insert: return "insert";
    case NtpLeap::remove: return "remove";
    case NtpLeap::unsynchronised: return "unsynchronised";
  }
  return "none";
}

NtpTime ntp_time(base::WallTime time) {
  const std::int64_t ns = time.in_nanoseconds();
  const std::int64_t seconds = ns / kSecond - (ns % kSecond < 0 ? 1 : 0);
  const auto fraction = static_cast<std::uint64_t>(ns - seconds * kSecond);
  return {((static_cast<std::uint64_t>(seconds) + kUnixEpoch) << 32) + (fraction << 32) / kSecond};
}

base::Duration operator-(NtpTime a, NtpTime b) {
  const auto apart = static_cast<std::int64_t>(a.units - b.units);
  const std::int64_t seconds = apart >> 32;
  const std::int64_t fraction = apart & 0xffff'ffff;
  return base::Duration::nanoseconds(seconds * kSecond + (fraction * kSecond >> 32));
}

std::vector<std::uint8_t> ntp_question(std::uint8_t version, NtpTime mark) {
  std::vector<std::uint8_t> bytes(kHeaderBytes);
  bytes[0] = static_cast<std::uint8_t>(version << 3 | kModeOfQuestions);
  for (std::size_t i = 0; i < 8; ++i) bytes[kHeaderBytes - 1 - i] = static_cast<std::uint8_t>(mark.units >> (8 * i));
  return bytes;
}

base::Result<NtpReply> parse_ntp_reply(base::Bytes bytes) {
  base::ByteReader reader(bytes);
  NtpReply reply;
  const std::uint8_t first = reader.u8();
  reply.leap = static_cast<NtpLeap>(first >> 6);
  reply.version = first >> 3 & 7;
  reply.stratum = reader.u8();
  reader.skip(2);  // the poll interval and the precision
  reply.root_delay = short_duration(reader.u32());
  reply.root_dispersion = short_duration(reader.u32());
  for (std::uint8_t& byte : reply.reference_id) byte = reader.u8();
  reader.skip(8);  // when the target's clock was last set
  reply.origin = {reader.u64()};
  reply.received = {reader.u64()};
  reply.sent = {reader.u64()};
  const bool known = reply.version >= 1 && reply.version <= kNtpNewest;
  if (reader.failed() || !known || (first & 7) != kModeOfReplies) {
    return base::Error{base::ErrorKind::corrupt, "not a reply of NTP"};
  }
  return reply;
}

std::string kiss_of(const NtpReply& reply) {
  const auto is_code = [](std::uint8_t c) { return c > ' ' && c < 0x7f; };
  if (reply.stratum != 0 || !std::ranges::all_of(reply.reference_id, is_code)) return {};
  return ascii_of(reply.reference_id);
}

std::string_view kiss_words(std::string_view code) {
  using Row = std::pair<std::string_view, std::string_view>;
  static constexpr Row kRows[] = {{"ACST", "it belongs to an anycast server"},
                                  {"AUTH", "authentication failed"},
                                  {"AUTO", "Autokey failed"},
                                  {"BCST", "it belongs to a broadcast server"},
                                  {"CRYP", "authentication or identification failed"},
                                  {"DENY", "access denied"},
                                  {"DROP", "lost peer in symmetric mode"},
                                  {"RSTR", "access denied by its policy"},
                                  {"INIT", "not yet synchronised for the first time"},
                                  {"MCST", "it belongs to a dynamically found server"},
                                  {"NKEY", "no such key"},
                                  {"NTSN", "the cookie of NTS does not hold"},
                                  {"RATE", "asked too often"},
                                  {"RMOT", "somebody alters it from a remote host"},
                                  {"STEP", "its clock was stepped and is not yet synchronised again"}};
  const auto* const row = std::ranges::find(kRows, code, &Row::first);
  return row == std::end(kRows) ? std::string_view() : row->second;
}

bool is_synchronised(const NtpReply& reply) {
  return reply.leap != NtpLeap::unsynchronised && stratum_of(reply) < kNtpUnsynchronised;
}

std::uint8_t stratum_of(const NtpReply& reply) {
  return reply.stratum == 0 ? kNtpUnsynchronised : std::min(reply.stratum, kNtpUnsynchronised);
}

std::string reference_of(const NtpReply& reply) {
  if (reply.stratum <= 1) return ascii_of(reply.reference_id);
  return base::to_string(base::IpAddress::v4(reply.reference_id));
}

NtpReading read_clock(const NtpReply& reply, base::WallTime arrived, base::Duration rtt) {
  const base::Duration there = reply.received - ntp_time(arrived - rtt);
  const base::Duration back = reply.sent - ntp_time(arrived);
  return {
      .offset = (there + back) / 2, .delay = rtt - (reply.sent - reply.received), .time = arrived + (there + back) / 2};
}

}  // namespace holter::probe
