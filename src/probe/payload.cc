#include "probe/payload.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace holter::probe {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

constexpr std::size_t kQuicBytes = 1'200;  // RFC 9000, 14.1
constexpr std::size_t kNtpBytes = 48;

constexpr std::array kNames = {"dns"sv, "ntp"sv, "snmp"sv, "sip"sv, "quic"sv};

std::string_view name_of(NamedPayload named) { return kNames.at(static_cast<std::size_t>(named)); }

base::Error wrong(std::string why) { return {base::ErrorKind::invalid, std::move(why)}; }

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The byte that two digits stand for.
std::optional<char> hex_byte(std::string_view digits) {
  if (digits.size() < 2 || hex_digit(digits[0]) < 0 || hex_digit(digits[1]) < 0) return std::nullopt;
  return static_cast<char>(hex_digit(digits[0]) * 16 + hex_digit(digits[1]));
}

base::Result<std::string> parse_hex(std::string_view text) {
  std::string bytes;
  while (!text.empty()) {
    if (text.front() == ' ') {
      text.remove_prefix(1);
      continue;
    }
    const auto byte = hex_byte(text);
    if (!byte) return wrong("holds something else behind hex: than bytes of two digits, as hex:00ff");
    bytes += *byte;
    text.remove_prefix(2);
  }
  return bytes;
}

base::Result<std::string> parse_text(std::string_view text) {
  static constexpr auto kEscapes =
      std::to_array<std::pair<char, char>>({{'r', '\r'}, {'n', '\n'}, {'t', '\t'}, {'0', '\0'}, {'\\', '\\'}});
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      bytes += text[i];
      continue;
    }
    const std::string_view behind = text.substr(i + 1);
    const auto* const escape =
        std::ranges::find(kEscapes, behind.empty() ? '\1' : behind.front(), &std::pair<char, char>::first);
    const auto byte = behind.starts_with('x') ? hex_byte(behind.substr(1)) : std::nullopt;
    if (!byte && escape == kEscapes.end())
      return wrong("holds a backslash before something else than r n t 0 \\ or xNN");
    bytes += byte ? *byte : escape->second;
    i += byte ? 3 : 1;
  }
  return bytes;
}

std::string random_bytes(std::size_t count, env::Random& random) {
  std::string bytes;
  while (bytes.size() < count) bytes += static_cast<char>(random.below(256));
  return bytes;
}

std::string random_word(env::Random& random) { return fmt::format("{:016x}", random.next()); }

std::string dns(env::Random& random) {
  // Recursion desired; one question; the root, NS, IN.
  return random_bytes(2, random) + "\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x01"s;
}

std::string ntp(env::Random& random) {
  std::string bytes(kNtpBytes - 8, '\0');
  bytes[0] = 0x23;  // version 4, client
  // The transmit timestamp only has to come back: a random one does not tell the own clock to everybody.
  return bytes + random_bytes(8, random);
}

// Four bytes of a BER integer that is positive and has no shorter form.
std::string ber_number(env::Random& random) {
  return static_cast<char>(0x40 | random.below(0x40)) + random_bytes(3, random);
}

std::string snmp(env::Random& random) {
  const std::string message = "\x02\x04"s + ber_number(random) + "\x02\x03\x00\xff\xe3\x04\x01\x04\x02\x01\x03"s;
  const std::string security = "\x30\x0e\x04\x00\x02\x01\x00\x02\x01\x00\x04\x00\x04\x00\x04\x00"s;
  const std::string request = "\x02\x04"s + ber_number(random) + "\x02\x01\x00\x02\x01\x00\x30\x00"s;
  return "\x30\x3e\x02\x01\x03\x30\x11"s + message + "\x04\x10"s + security + "\x30\x14\x04\x00\x04\x00\xa0\x0e"s +
         request;
}

std::string sip(std::string_view target, env::Random& random) {
  const std::string branch = random_word(random);
  const std::string tag = random_word(random);
  const std::string call = random_word(random);
  return fmt::format(
      "OPTIONS sip:{0} SIP/2.0\r\nVia: SIP/2.0/UDP holter.invalid;branch=z9hG4bK{1};rport\r\nMax-Forwards: 70\r\n"
      "From: <sip:holter@holter.invalid>;tag={2}\r\nTo: <sip:{0}>\r\nCall-ID: {3}@holter.invalid\r\n"
      "CSeq: 1 OPTIONS\r\nContact: <sip:holter@holter.invalid>\r\nAccept: application/sdp\r\n"
      "Content-Length: 0\r\n\r\n",
      target, branch, tag, call);
}

std::string quic(env::Random& random) {
  // A long header of a version that is kept for this; two connection ids of eight bytes.
  std::string bytes(1, static_cast<char>(0xc0 | random.below(0x40)));
  bytes += "\x1a\x2a\x3a\x4a\x08"s + random_bytes(8, random) + '\x08' + random_bytes(8, random);
  bytes.resize(kQuicBytes);
  return bytes;
}

}  // namespace

base::Result<Payload> parse_payload(std::string_view text) {
  if (text.starts_with("hex:")) {
    auto bytes = parse_hex(text.substr(4));
    if (!bytes) return bytes.error();
    return Payload(std::move(*bytes));
  }
  if (text.starts_with("named:")) {
    const auto* const named = std::ranges::find(kNames, text.substr(6));
    if (named == kNames.end()) return wrong("names none of dns, ntp, snmp, sip and quic");
    return Payload(static_cast<NamedPayload>(named - kNames.begin()));
  }
  auto bytes = parse_text(text);
  if (!bytes) return bytes.error();
  return Payload(std::move(*bytes));
}

Wrong read_value(const std::string& value, Payload& into) {
  auto payload = parse_payload(value);
  if (!payload) return payload.error().message;
  into = std::move(*payload);
  return std::nullopt;
}

std::optional<NamedPayload> usual_payload(std::uint16_t udp_port) {
  switch (udp_port) {
    case 53: return NamedPayload::dns;
    case 123: return NamedPayload::ntp;
    case 161: return NamedPayload::snmp;
    case 443: return NamedPayload::quic;
    case 5'060: return NamedPayload::sip;
    default: return std::nullopt;
  }
}

std::string payload_bytes(const Payload& payload, std::string_view target, env::Random& random) {
  if (const auto* const text = std::get_if<std::string>(&payload)) return *text;
  switch (std::get<NamedPayload>(payload)) {
    case NamedPayload::dns: return dns(random);
    case NamedPayload::ntp: return ntp(random);
    case NamedPayload::snmp: return snmp(random);
    case NamedPayload::sip: return sip(target, random);
    case NamedPayload::quic: break;
  }
  return quic(random);
}

std::string payload_text(const Payload& payload, std::string_view bytes) {
  const auto* const named = std::get_if<NamedPayload>(&payload);
  if (named != nullptr) return fmt::format("{}, {} bytes", name_of(*named), bytes.size());
  return bytes.empty() ? "an empty datagram" : std::string(bytes);
}

std::string reply_text(std::string_view reply) {
  constexpr std::size_t kMostShown = 100;
  if (reply.empty()) return "an empty reply";
  const std::string_view line = reply.substr(0, std::min(reply.find_first_of("\r\n"), kMostShown));
  const bool more = reply.find_first_not_of("\r\n", line.size()) != reply.npos;
  return fmt::format("{} byte{} \"{}\"{}", reply.size(), reply.size() == 1 ? "" : "s", line, more ? "..." : "");
}

}  // namespace holter::probe
