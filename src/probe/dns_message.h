// DNS messages as the dns prober needs them: one question out, the answer's code and first lines back. libldns does the
// wire format (RFC 1035); this wrapper owns its memory and keeps its types out of the rest. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/byte_reader.h"
#include "base/result.h"

namespace holter::probe {

enum class DnsType : std::uint8_t { a, aaaa, ns };

struct DnsQuestion {
  std::string name;  // "example.org", "."
  DnsType type = DnsType::a;
};

// A recursive query with the given id; invalid when the name cannot stand in a query.
base::Result<std::vector<std::uint8_t>> dns_query(const DnsQuestion& question, std::uint16_t id);

struct DnsAnswer {
  std::uint16_t id = 0;
  bool is_response = false;
  bool truncated = false;
  std::uint8_t rcode = 0;
  std::string rcode_name;        // "NOERROR"
  std::string question_name;     // lower case, with the final dot
  std::optional<DnsType> question_type;  // empty: not of class IN, or of no type that is asked here
  std::size_t answers = 0;
  std::string first_answer;      // data of the first record of the answer section, as text
};
// ErrorKind::corrupt when the bytes are no DNS message.
base::Result<DnsAnswer> parse_dns_answer(base::Bytes bytes);

// Whether `answer` is to this question: its id, direction, name, type and class (RFC 5452, section 9.1).
bool answers_question(const DnsAnswer& answer, const DnsQuestion& question, std::uint16_t id);

}  // namespace holter::probe
