#include "probe/tcp/ldap_answer.h"

namespace holter::probe {
namespace {

using namespace std::string_literals;

constexpr std::uint8_t kSequence = 0x30;
constexpr std::uint8_t kInteger = 0x02;
constexpr std::uint8_t kEnumerated = 0x0a;
constexpr std::uint8_t kOctets = 0x04;
constexpr std::uint8_t kExtendedResponse = 0x78;
constexpr std::size_t kMaxLengthBytes = 4;

base::Error no_answer() { return {base::ErrorKind::corrupt, "what came is no answer of LDAP"}; }

// The length of a BER element; empty when it is not all there, or of a form that LDAP does not have.
std::optional<std::size_t> read_length(base::ByteReader& reader) {
  const std::uint8_t first = reader.u8();
  if (first < 0x80) return reader.failed() ? std::nullopt : std::optional<std::size_t>(first);
  const std::size_t count = first & 0x7f;
  if (count == 0 || count > kMaxLengthBytes) return std::nullopt;
  std::size_t length = 0;
  for (std::size_t i = 0; i < count; ++i) length = length << 8 | reader.u8();
  return reader.failed() ? std::nullopt : std::optional(length);
}

// The content of the next element, which has this tag and is all there.
std::optional<base::Bytes> read_element(base::ByteReader& reader, std::uint8_t tag) {
  if (reader.u8() != tag) return std::nullopt;
  const auto length = read_length(reader);
  if (!length || *length > reader.captured_left()) return std::nullopt;
  return reader.bytes(*length);
}

}  // namespace

std::string ldap_starttls() { return "\x30\x1d\x02\x01\x01\x77\x18\x80\x16"s + "1.3.6.1.4.1.1466.20037"; }

base::Result<std::optional<LdapAnswer>> parse_ldap_answer(base::Bytes bytes) {
  if (!bytes.empty() && bytes.front() != kSequence) return no_answer();
  constexpr std::size_t kLongestHead = 2 + kMaxLengthBytes;
  base::ByteReader outer(bytes);
  outer.u8();
  const auto length = read_length(outer);
  if (!length && bytes.size() >= kLongestHead) return no_answer();
  if (!length || *length > outer.captured_left()) return std::optional<LdapAnswer>();

  base::ByteReader message(outer.bytes(*length));
  const auto id = read_element(message, kInteger);
  const auto response = id ? read_element(message, kExtendedResponse) : std::nullopt;
  if (!response) return no_answer();
  base::ByteReader parts(*response);
  const auto result = read_element(parts, kEnumerated);
  const auto matched = result ? read_element(parts, kOctets) : std::nullopt;
  const auto words = matched ? read_element(parts, kOctets) : std::nullopt;
  if (!words || result->size() != 1) return no_answer();
  LdapAnswer answer{result->front(), std::string(words->begin(), words->end()), outer.position()};
  return std::optional(std::move(answer));
}

}  // namespace holter::probe
