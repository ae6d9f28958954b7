#include "wire/application/tls_fingerprint.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

#include "wire/application/digest.h"
#include "wire/application/tls_fields.h"

namespace holter::wire {
namespace {

constexpr std::size_t kMaxNumbers = 512;
constexpr std::size_t kMaxText = 8 * 1024;
constexpr std::string_view kNothing = "000000000000";

bool is_grease(std::uint16_t value) { return (value & 0x0f0f) == 0x0a0a && value >> 8 == (value & 0xff); }

// Numbers of a hello without GREASE; full says that there were more.
class Numbers {
 public:
  void add(std::uint16_t value) {
    if (is_grease(value)) return;
    if (size_ == kMaxNumbers) {
      full_ = true;
    } else {
      values_[size_++] = value;
    }
  }
  std::span<std::uint16_t> values() { return {values_.data(), size_}; }
  bool full() const { return full_; }

 private:
  std::array<std::uint16_t, kMaxNumbers> values_;
  std::size_t size_ = 0;
  bool full_ = false;
};

Numbers each16(Cursor list) {
  Numbers numbers;
  while (list.left() >= 2 && list.ok() && !numbers.full()) numbers.add(list.u16());
  return numbers;
}

Numbers each8(Cursor list) {
  Numbers numbers;
  while (list.left() != 0 && !numbers.full()) numbers.add(list.u8());
  return numbers;
}

Numbers extension_types(Cursor list) {
  Numbers numbers;
  while (list.left() != 0 && !numbers.full()) {
    const std::uint16_t type = list.u16();
    list.part16();
    if (list.ok()) numbers.add(type);
  }
  return numbers;
}

void join_decimal(std::string& out, Numbers numbers) {
  char separator = ',';
  for (const std::uint16_t number : numbers.values()) {
    std::array<char, 5> digits;
    char* const end = std::to_chars(digits.begin(), digits.end(), number).ptr;
    out += separator;
    out.append(digits.begin(), end);
    separator = '-';
  }
  if (separator == ',') out += separator;
}

std::string hex_list(std::span<const std::uint16_t> values) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out;
  for (const std::uint16_t value : values) {
    if (!out.empty()) out += ',';
    for (int bits = 12; bits >= 0; bits -= 4) out += kHex[value >> bits & 0xf];
  }
  return out;
}

std::string first_of_sha256(std::string_view text) { return sha256_digits(text).substr(0, kNothing.size()); }

std::optional<std::string> bounded(std::string text) {
  if (text.size() > kMaxText) return std::nullopt;
  return text;
}

std::string_view version_word(std::uint16_t version) {
  switch (version) {
    case 0x0304: return "13";
    case 0x0303: return "12";
    case 0x0302: return "11";
    case 0x0301: return "10";
    case 0x0300: return "s3";
    case 0x0002: return "s2";
    case 0xfeff: return "d1";
    case 0xfefd: return "d2";
    case 0xfefc: return "d3";
    default: return "00";
  }
}

std::uint16_t highest_version(const TlsHello& client) {
  Numbers offered = each16(client.list_of(TlsExtension::supported_versions));
  const auto values = offered.values();
  return values.empty() ? client.version : *std::ranges::max_element(values);
}

bool is_alphanumeric(std::uint8_t byte) {
  return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

// First and last letter of the first protocol; of one that is not letters, those of its hexadecimal form.
std::string alpn_word(const TlsHello& client) {
  Cursor protocols = client.list_of(TlsExtension::alpn);
  const Bytes name = protocols.bytes(protocols.u8());
  if (name.empty()) return "00";
  const std::uint8_t first = name.front(), last = name.back();
  if (is_alphanumeric(first) && is_alphanumeric(last)) return {static_cast<char>(first), static_cast<char>(last)};
  return fmt::format("{:x}{:x}", first >> 4, last & 0xf);
}

void put(const FieldInfo& field, const std::optional<std::string>& text, FieldList& out) {
  if (text && !text->empty()) out.made_text(field, *text);
}

}  // namespace

std::optional<std::string> ja3_string(const TlsHello& client) {
  std::string text = fmt::format("{}", client.version);
  for (const Numbers& list :
       {each16(client.cipher_suites), extension_types(client.extensions),
        each16(client.list_of(TlsExtension::supported_groups)), each8(client.list_of(TlsExtension::point_formats))}) {
    if (list.full()) return std::nullopt;
    join_decimal(text, list);
  }
  return bounded(std::move(text));
}

std::optional<std::string> ja3s_string(const TlsHello& server) {
  std::string text = fmt::format("{}", server.version);
  const Numbers extensions = extension_types(server.extensions);
  if (extensions.full()) return std::nullopt;
  join_decimal(text, each16(server.cipher_suites));
  join_decimal(text, extensions);
  return bounded(std::move(text));
}

std::optional<std::string> ja4(const TlsHello& client, Carrier carrier) {
  constexpr std::size_t kMostShown = 99;
  constexpr std::uint16_t kServerName = 0, kAlpn = 16;
  Numbers suites = each16(client.cipher_suites), extensions = extension_types(client.extensions);
  Numbers algorithms = each16(client.list_of(TlsExtension::signature_algorithms));
  if (suites.full() || extensions.full() || algorithms.full()) return std::nullopt;
  const auto all = extensions.values();
  const bool named = std::ranges::find(all, kServerName) != all.end();
  std::string text =
      fmt::format("{}{}{}{:02}{:02}{}_", carrier == Carrier::quic ? 'q' : 't', version_word(highest_version(client)),
                  named ? 'd' : 'i', std::min(suites.values().size(), kMostShown), std::min(all.size(), kMostShown),
                  alpn_word(client));
  std::ranges::sort(suites.values());
  text += suites.values().empty() ? std::string(kNothing) : first_of_sha256(hex_list(suites.values()));
  text += '_';
  const auto hidden = std::ranges::remove_if(all, [](std::uint16_t t) { return t == kServerName || t == kAlpn; });
  const auto others = all.first(all.size() - hidden.size());
  std::ranges::sort(others);
  std::string list = hex_list(others);
  if (!algorithms.values().empty()) (list += '_') += hex_list(algorithms.values());
  return text += list.empty() ? std::string(kNothing) : first_of_sha256(list);
}

void list_tls_fingerprints(const TlsHello& hello, Carrier carrier, FieldList& out) {
  if (hello.is_client) {
    const auto text = ja3_string(hello);
    if (text) put(kTlsFields.ja3, md5_digits(*text), out);
    put(kTlsFields.ja3_string, text, out);
    put(kTlsFields.ja4, ja4(hello, carrier), out);
  } else {
    const auto text = ja3s_string(hello);
    if (text) put(kTlsFields.ja3s, md5_digits(*text), out);
    put(kTlsFields.ja3s_string, text, out);
  }
}

}  // namespace holter::wire
