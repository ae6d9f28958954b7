// DNS messages as the dns prober needs them: one question out, what the answer says back. libldns does the wire format
// (RFC 1035, RFC 6891); this wrapper owns its memory and keeps its types out of the rest. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_reader.h"
#include "base/result.h"

namespace holter::probe {

inline constexpr std::size_t kMaxDnsMessageBytes = 65'535;
inline constexpr std::size_t kMaxDnsAnswers = 24;  // that are kept of one message, and as many names on the way to them

// The type of a record, by its number at IANA.
enum class DnsType : std::uint16_t { a = 1, ns = 2, cname = 5, ptr = 12, aaaa = 28, ds = 43, dnskey = 48, any = 255 };

// "AAAA", "mx", "TYPE65", "65"; empty for what is no type or cannot be asked for by a question alone (AXFR, OPT).
std::optional<DnsType> parse_dns_type(std::string_view text);
std::string to_string(DnsType type);

struct DnsQuestion {
  std::string name;  // "example.org", "."
  DnsType type = DnsType::a;

  friend bool operator==(const DnsQuestion&, const DnsQuestion&) = default;
};

// Whether the name can stand in a question.
bool is_dns_name(const std::string& name);
// "7.2.0.192.in-addr.arpa." of 192.0.2.7; empty when the text is no address.
std::string reverse_name(const std::string& address);

// How it is asked. EDNS is used when one of its parts is wanted.
struct DnsManner {
  bool recurse = true;                              // RD
  bool check_disabled = false;                      // CD: also what the resolver takes for bogus
  bool dnssec = false;                              // DO: with the signatures
  bool nsid = false;                                // which of several resolvers behind one address it is (RFC 5001)
  std::optional<std::uint16_t> payload_bytes = {};  // how large an answer over UDP may be

  bool uses_edns() const { return dnssec || nsid || payload_bytes.has_value(); }
};
inline constexpr std::uint16_t kUsualDnsPayload = 1'232;  // fits into every path's packets

// The AD bit asks for the answer's (RFC 6840). invalid when the name cannot stand in a question.
base::Result<std::vector<std::uint8_t>> dns_query(const DnsQuestion& question, const DnsManner& manner,
                                                  std::uint16_t id);

struct DnsAnswer {
  std::uint16_t id = 0;
  bool is_response = false;
  bool truncated = false;
  bool authoritative = false;
  bool authentic = false;  // AD: the resolver has proved it, as it says
  std::uint16_t rcode = 0;
  std::string rcode_name;  // "NOERROR"
  bool has_question = false;
  std::optional<DnsQuestion> question;  // that it repeats, in lower case with the final dot; empty: none of class IN
  std::size_t count = 0;                // records that answer the question
  std::size_t authority = 0;            // records of that section
  std::size_t additional = 0;           // of that section, without EDNS's
  std::vector<std::string> answers;     // their data, sorted: resolvers change the order from one time to the next
  std::vector<std::string> addresses;   // those of them that are addresses
  std::vector<std::string> aliases;     // the names that the question's name stands for, one behind another
  std::optional<std::uint32_t> ttl;     // the least, in seconds
  std::optional<std::uint32_t> serial;  // of an SOA that answers
  std::optional<std::string> nsid;
};
// Whether they may be an answer with that id, by their header alone: what is none need not be parsed, which costs up to
// a tenth of a second where 64 KiB are made for it.
bool could_answer(base::Bytes bytes, std::uint16_t id);
// ErrorKind::corrupt when the bytes are no DNS message.
base::Result<DnsAnswer> parse_dns_answer(base::Bytes bytes);

// Whether `answer` is to this question: its id, direction, name, type and class (RFC 5452, section 9.1). An error may
// come without the question.
bool answers_question(const DnsAnswer& answer, const DnsQuestion& question, std::uint16_t id);

}  // namespace holter::probe
