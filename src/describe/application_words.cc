#include "describe/application_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>

#include "base/ip.h"
#include "base/untrusted_text.h"
#include "wire/application/dhcp.h"
#include "wire/application/dhcpv6.h"
#include "wire/application/dns_fields.h"
#include "wire/application/hsrp.h"
#include "wire/application/http_fields.h"
#include "wire/application/ntp.h"
#include "wire/application/quic.h"
#include "wire/application/ssh.h"
#include "wire/application/tls_fields.h"

namespace holter::describe {
namespace {

using wire::Protocol;
using Entries = std::span<const wire::FieldEntry>;

const wire::FieldEntry* find(Entries entries, const wire::FieldInfo& field) {
  const auto entry = std::ranges::find(entries, &field, &wire::FieldEntry::field);
  return entry == entries.end() ? nullptr : &*entry;
}

std::uint64_t number(Entries entries, const wire::FieldInfo& field) {
  const auto* const entry = find(entries, field);
  return entry == nullptr ? 0 : entry->number;
}

// A value with the space before it; nothing without one.
std::string said(Entries entries, const wire::FieldInfo& field) {
  constexpr std::size_t kMost = 80;
  const auto* const entry = find(entries, field);
  if (entry == nullptr) return {};
  if (field.type != wire::FieldType::address) {
    return entry->length == 0 ? "" : ' ' + base::UntrustedText(entry->word(), kMost).for_terminal();
  }
  if (entry->length == 4) {
    std::array<std::uint8_t, 4> bytes{};
    std::copy_n(entry->bytes, bytes.size(), bytes.begin());
    return ' ' + to_string(base::IpAddress::v4(bytes));
  }
  std::array<std::uint8_t, 16> bytes{};
  std::copy_n(entry->bytes, bytes.size(), bytes.begin());
  return ' ' + to_string(base::IpAddress::v6(bytes));
}

template <std::size_t N>
std::string word(const std::array<std::string_view, N>& words, std::uint64_t value, std::string_view kind) {
  return value < N && !words[value].empty() ? std::string(words[value]) : fmt::format("{} {}", kind, value);
}

std::string type_word(std::uint64_t type) {
  switch (type) {
    case 1: return "A";
    case 2: return "NS";
    case 5: return "CNAME";
    case 6: return "SOA";
    case 12: return "PTR";
    case 15: return "MX";
    case 16: return "TXT";
    case 28: return "AAAA";
    case 33: return "SRV";
    case 64: return "SVCB";
    case 65: return "HTTPS";
    case 255: return "ANY";
    default: return fmt::format("type {}", type);
  }
}

std::string dns_words(Entries entries) {
  constexpr std::array<std::string_view, 6> kRcodes{"", "format error", "server failure", "no such name",
                                                    "", "refused"};
  const auto& f = wire::kDnsFields;
  const bool answers = number(entries, f.response) != 0;
  std::string text = answers ? "answer" : "query";
  if (find(entries, f.question_name) != nullptr) {
    text += ' ' + type_word(number(entries, f.question_type)) + said(entries, f.question_name);
  } else {
    text += said(entries, f.name);
  }
  if (!answers) return text;
  if (const auto rcode = number(entries, f.rcode); rcode != 0) return text + ": " + word(kRcodes, rcode, "rcode");
  for (const auto* const field : {&f.a, &f.aaaa, &f.cname, &f.ptr, &f.srv_target, &f.mx}) {
    const std::string value = said(entries, *field);
    if (!value.empty()) return text + ':' + value;
  }
  return text + fmt::format(": {} records", number(entries, f.answer_count));
}

std::string dhcp_words(Entries entries) {
  constexpr std::array<std::string_view, 9> kTypes{"",    "discover", "offer",   "request", "decline",
                                                   "ack", "nak",      "release", "inform"};
  const auto& f = wire::kDhcpFields;
  const bool bootp = find(entries, f.message_type) == nullptr;
  std::string text = bootp ? "bootp" : word(kTypes, number(entries, f.message_type), "type");
  const bool gives = find(entries, f.your_address) != nullptr && number(entries, f.op) == 2;
  text += said(entries, gives ? f.your_address : f.requested_address);
  return text + said(entries, f.hostname) + said(entries, f.message);
}

std::string dhcpv6_words(Entries entries) {
  constexpr std::array<std::string_view, 14> kTypes{"",
                                                    "solicit",
                                                    "advertise",
                                                    "request",
                                                    "confirm",
                                                    "renew",
                                                    "rebind",
                                                    "reply",
                                                    "release",
                                                    "decline",
                                                    "reconfigure",
                                                    "information request",
                                                    "relay forward",
                                                    "relay reply"};
  const auto& f = wire::kDhcpv6Fields;
  return word(kTypes, number(entries, f.type), "type") + said(entries, f.ia_address_ip) +
         said(entries, f.ia_prefix_ip) + said(entries, f.fqdn);
}

std::string ntp_words(Entries entries) {
  constexpr std::array<std::string_view, 8> kModes{"",       "symmetric", "symmetric", "question",
                                                   "answer", "broadcast", "control",   "private"};
  const auto& f = wire::kNtpFields;
  std::string text = word(kModes, number(entries, f.mode), "mode");
  if (find(entries, f.stratum) != nullptr) text += fmt::format(" stratum {}", number(entries, f.stratum));
  return text;
}

std::string record_word(std::uint64_t type) {
  switch (type) {
    case 20: return "cipher change";
    case 21: return "alert";
    case 22: return "handshake";
    case 23: return "data";
    default: return fmt::format("record {}", type);
  }
}

std::string tls_words(Entries entries) {
  const auto& f = wire::kTlsFields;
  if (find(entries, f.ja3_string) != nullptr || find(entries, f.sni) != nullptr) {
    return "ClientHello" + said(entries, f.sni) + said(entries, f.ja4);
  }
  const auto message = number(entries, f.handshake_type);
  if (message == 1) return "ClientHello";
  if (message == 2) return fmt::format("ServerHello cipher 0x{:04x}", number(entries, f.cipher_suite));
  if (find(entries, f.alert_description) != nullptr) {
    return fmt::format("alert {}", number(entries, f.alert_description));
  }
  return record_word(number(entries, f.record_type));
}

std::string http_words(Entries entries) {
  const auto& f = wire::kHttpFields;
  if (find(entries, f.status) != nullptr) {
    return fmt::format("{}{}{}", number(entries, f.status), said(entries, f.reason), said(entries, f.location));
  }
  const std::string request = said(entries, f.method) + said(entries, f.host) + said(entries, f.uri);
  return request.empty() ? request : request.substr(1);
}

std::string quic_words(Entries entries) {
  const auto* const type = find(entries, wire::kQuicFields.type);
  std::string text = type == nullptr ? std::string() : std::string(type->word());
  return text + said(entries, wire::kTlsFields.sni);
}

std::string hsrp_words(Entries entries) {
  constexpr std::array<std::string_view, 7> kStates{"disabled", "initial", "learn", "listen",
                                                    "speak",    "standby", "active"};
  constexpr std::array<std::string_view, 3> kOpcodes{"hello", "coup", "resign"};
  const auto& f = wire::kHsrpFields;
  if (find(entries, f.group) == nullptr) return "advertisement";
  std::string text = word(kOpcodes, number(entries, f.opcode), "opcode");
  std::uint64_t state = number(entries, f.state);
  // Version 1 has a bit a state, and none for the first one (RFC 2281, 5.1).
  if (number(entries, f.version) == wire::kHsrpVersion1) state = static_cast<std::uint64_t>(std::bit_width(state)) + 1;
  text += fmt::format(" group {} {} priority {}", number(entries, f.group), word(kStates, state, "state"),
                      number(entries, f.priority));
  return text + said(entries, f.virtual_ip);
}

struct Row {
  Protocol layer;
  std::string_view name;
  std::string (*words)(Entries);
};

std::string ssh_words(Entries entries) {
  const std::string banner = said(entries, wire::kSshFields.banner);
  return banner.empty() ? banner : banner.substr(1);
}

constexpr auto kRows = std::to_array<Row>({
    {Protocol::dns, "DNS", dns_words},
    {Protocol::mdns, "mDNS", dns_words},
    {Protocol::llmnr, "LLMNR", dns_words},
    {Protocol::dhcp, "DHCP", dhcp_words},
    {Protocol::dhcpv6, "DHCPv6", dhcpv6_words},
    {Protocol::ntp, "NTP", ntp_words},
    {Protocol::tls, "TLS", tls_words},
    {Protocol::http, "HTTP", http_words},
    {Protocol::quic, "QUIC", quic_words},
    {Protocol::ssh, "SSH", ssh_words},
    {Protocol::hsrp, "HSRP", hsrp_words},
});

struct Found {
  const Row* row = nullptr;
  Entries entries;  // from its layer on
};

Found found(const wire::FieldList& fields) {
  const auto entries = fields.entries();
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].mark != wire::FieldEntry::Mark::layer) continue;
    const auto row = std::ranges::find(kRows, entries[i].layer, &Row::layer);
    if (row != kRows.end()) return {&*row, entries.subspan(i)};
  }
  return {};
}

}  // namespace

std::string_view application_name(const wire::FieldList& fields) {
  const Found one = found(fields);
  return one.row == nullptr ? std::string_view() : one.row->name;
}

std::string application_words(const wire::FieldList& fields) {
  const Found one = found(fields);
  return one.row == nullptr ? std::string() : one.row->words(one.entries);
}

}  // namespace holter::describe
