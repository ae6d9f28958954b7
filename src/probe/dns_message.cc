#include "probe/dns_message.h"

#include <ldns/ldns.h>

#include <cstdlib>
#include <memory>

namespace holter::probe {
namespace {

struct FreeMemory {
  void operator()(void* memory) const { std::free(memory); }
};
struct FreeName {
  void operator()(ldns_rdf* name) const { ldns_rdf_deep_free(name); }
};
struct FreePacket {
  void operator()(ldns_pkt* packet) const { ldns_pkt_free(packet); }
};
using Packet = std::unique_ptr<ldns_pkt, FreePacket>;
using Name = std::unique_ptr<ldns_rdf, FreeName>;
using Text = std::unique_ptr<char, FreeMemory>;

ldns_rr_type rr_type(DnsType type) {
  switch (type) {
    case DnsType::a: return LDNS_RR_TYPE_A;
    case DnsType::aaaa: return LDNS_RR_TYPE_AAAA;
    case DnsType::ns: return LDNS_RR_TYPE_NS;
  }
  return LDNS_RR_TYPE_A;
}

std::optional<DnsType> type_of(const ldns_rr* question) {
  if (ldns_rr_get_class(question) != LDNS_RR_CLASS_IN) return std::nullopt;
  for (const DnsType type : {DnsType::a, DnsType::aaaa, DnsType::ns}) {
    if (ldns_rr_get_type(question) == rr_type(type)) return type;
  }
  return std::nullopt;
}

std::string text_of(char* owned) {
  const Text text(owned);
  return text ? std::string(text.get()) : std::string();
}

std::string lower_case(std::string text) {
  for (char& c : text) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  return text;
}

}  // namespace

base::Result<std::vector<std::uint8_t>> dns_query(const DnsQuestion& question, std::uint16_t id) {
  Name name(ldns_dname_new_frm_str(question.name.c_str()));
  if (!name) return base::Error{base::ErrorKind::invalid, "not a name that DNS can ask for"};
  // The packet takes the name over.
  const Packet packet(ldns_pkt_query_new(name.release(), rr_type(question.type), LDNS_RR_CLASS_IN, LDNS_RD));
  if (!packet) return base::Error{base::ErrorKind::invalid, "the DNS query could not be made"};
  ldns_pkt_set_id(packet.get(), id);
  std::uint8_t* wire = nullptr;
  std::size_t size = 0;
  const bool made = ldns_pkt2wire(&wire, packet.get(), &size) == LDNS_STATUS_OK;
  const std::unique_ptr<std::uint8_t, FreeMemory> owned(wire);
  if (!made) return base::Error{base::ErrorKind::invalid, "the DNS query could not be written"};
  return std::vector<std::uint8_t>(wire, wire + size);
}

base::Result<DnsAnswer> parse_dns_answer(base::Bytes bytes) {
  ldns_pkt* parsed = nullptr;
  if (ldns_wire2pkt(&parsed, bytes.data(), bytes.size()) != LDNS_STATUS_OK) {
    return base::Error{base::ErrorKind::corrupt, "not a DNS message"};
  }
  const Packet packet(parsed);
  DnsAnswer answer;
  answer.id = ldns_pkt_id(parsed);
  answer.is_response = ldns_pkt_qr(parsed);
  answer.truncated = ldns_pkt_tc(parsed);
  answer.rcode = static_cast<std::uint8_t>(ldns_pkt_get_rcode(parsed));
  answer.rcode_name = text_of(ldns_pkt_rcode2str(ldns_pkt_get_rcode(parsed)));
  const ldns_rr* question = ldns_rr_list_rr(ldns_pkt_question(parsed), 0);
  if (question != nullptr) {
    answer.question_name = lower_case(text_of(ldns_rdf2str(ldns_rr_owner(question))));
    answer.question_type = type_of(question);
  }
  answer.answers = ldns_rr_list_rr_count(ldns_pkt_answer(parsed));
  const ldns_rr* first = ldns_rr_list_rr(ldns_pkt_answer(parsed), 0);
  if (first != nullptr && ldns_rr_rd_count(first) > 0)
    answer.first_answer = text_of(ldns_rdf2str(ldns_rr_rdf(first, 0)));
  return answer;
}

bool answers_question(const DnsAnswer& answer, const DnsQuestion& question, std::uint16_t id) {
  // Through the wire form and back, so that escapes are spelled alike.
  const Name name(ldns_dname_new_frm_str(question.name.c_str()));
  if (!name || lower_case(text_of(ldns_rdf2str(name.get()))) != answer.question_name) return false;
  return answer.is_response && answer.id == id && answer.question_type == question.type;
}

}  // namespace holter::probe
