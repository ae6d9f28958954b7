#include "probe/dns/message.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "base/ip.h"
#include "probe/dns/records.h"

namespace holter::probe {
namespace {

constexpr std::size_t kDnsHeaderBytes = 12;
constexpr std::uint16_t kNoError = 0;
constexpr std::uint16_t kNameError = 3;

std::optional<DnsQuestion> question_of(const ldns_pkt* packet) {
  const ldns_rr* question = ldns_rr_list_rr(ldns_pkt_question(packet), 0);
  if (question == nullptr || ldns_rr_get_class(question) != LDNS_RR_CLASS_IN) return std::nullopt;
  return DnsQuestion{normal_name(ldns_rr_owner(question)), static_cast<DnsType>(ldns_rr_get_type(question))};
}

// "10 mail.example.org."
std::string data_of(const ldns_rr* record) {
  std::string text;
  for (std::size_t i = 0; i < ldns_rr_rd_count(record); ++i) {
    text += (i == 0 ? "" : " ") + text_of(ldns_rdf2str(ldns_rr_rdf(record, i)));
  }
  return text;
}

void take_ttl(DnsAnswer& answer, const ldns_rr* record) {
  answer.ttl = std::min(answer.ttl.value_or(~std::uint32_t{0}), ldns_rr_ttl(record));
}

void take_answer(DnsAnswer& answer, const ldns_rr* record) {
  const ldns_rr_type type = ldns_rr_get_type(record);
  ++answer.count;
  take_ttl(answer, record);
  if (type == LDNS_RR_TYPE_SOA && ldns_rr_rd_count(record) > 2) {
    answer.serial = ldns_rdf2native_int32(ldns_rr_rdf(record, 2));
  }
  answer.answers.push_back(data_of(record));
}

// The record with this owner and type, behind which the chain of names goes on.
const ldns_rr* alias_of(const ldns_rr_list* records, const ldns_rdf* owner) {
  for (std::size_t i = 0; i < ldns_rr_list_rr_count(records); ++i) {
    const ldns_rr* record = ldns_rr_list_rr(records, i);
    if (ldns_rr_get_type(record) != LDNS_RR_TYPE_CNAME || ldns_rr_rd_count(record) != 1) continue;
    if (ldns_dname_compare(ldns_rr_owner(record), owner) == 0) return record;
  }
  return nullptr;
}

// From the question's name over its aliases to the records asked for. What stands beside the way is not looked at.
void take_answers(DnsAnswer& answer, const ldns_pkt* packet) {
  const ldns_rr_list* records = ldns_pkt_answer(packet);
  const ldns_rdf* owner = ldns_rr_owner(ldns_rr_list_rr(ldns_pkt_question(packet), 0));
  const DnsType asked = answer.question->type;
  const bool follows = asked != DnsType::cname && asked != DnsType::any;
  while (const ldns_rr* alias = follows ? alias_of(records, owner) : nullptr) {
    if (answer.aliases.size() == kMaxDnsAnswers) return;  // a loop
    owner = ldns_rr_rdf(alias, 0);
    answer.aliases.push_back(text_of(ldns_rdf2str(owner)));
    take_ttl(answer, alias);
  }
  for (std::size_t i = 0; i < ldns_rr_list_rr_count(records); ++i) {
    const ldns_rr* record = ldns_rr_list_rr(records, i);
    const bool wanted = asked == DnsType::any || static_cast<DnsType>(ldns_rr_get_type(record)) == asked;
    if (wanted && ldns_dname_compare(ldns_rr_owner(record), owner) == 0) take_answer(answer, record);
  }
  std::ranges::sort(answer.answers);
  if (answer.answers.size() > kMaxDnsAnswers) answer.answers.resize(kMaxDnsAnswers);
  for (const std::string& text : answer.answers) {
    if (base::IpAddress::parse(text)) answer.addresses.push_back(text);
  }
}

// What the resolver calls itself.
std::optional<std::string> nsid_of(ldns_pkt* packet) {
  const ldns_edns_option_list* options = ldns_pkt_edns_get_option_list(packet);
  for (std::size_t i = 0; options != nullptr && i < ldns_edns_option_list_get_count(options); ++i) {
    const ldns_edns_option* option = ldns_edns_option_list_get_option(options, i);
    if (ldns_edns_get_code(option) != LDNS_EDNS_NSID) continue;
    const std::uint8_t* data = ldns_edns_get_data(option);
    return std::string(data, data + ldns_edns_get_size(option));
  }
  return std::nullopt;
}

// The twelve bits of EDNS, of which the header has four.
std::uint16_t rcode_of(const ldns_pkt* packet) {
  const unsigned high = ldns_pkt_edns(packet) ? ldns_pkt_edns_extended_rcode(packet) : 0;
  return static_cast<std::uint16_t>(high << 4 | ldns_pkt_get_rcode(packet));
}

std::string rcode_name(std::uint16_t rcode) {
  if (rcode == 16) return "BADVERS";
  if (rcode > 15) return "RCODE" + std::to_string(rcode);
  return text_of(ldns_pkt_rcode2str(static_cast<ldns_pkt_rcode>(rcode)));
}

void add_edns(ldns_pkt* packet, const DnsManner& manner) {
  ldns_pkt_set_edns_udp_size(packet, manner.payload_bytes.value_or(kUsualDnsPayload));
  ldns_pkt_set_edns_do(packet, manner.dnssec);
  if (!manner.nsid) return;
  ldns_edns_option_list* options = ldns_edns_option_list_new();
  ldns_edns_option_list_push(options, ldns_edns_new(LDNS_EDNS_NSID, 0, nullptr));
  ldns_pkt_set_edns_option_list(packet, options);
}

}  // namespace

std::optional<DnsType> parse_dns_type(std::string_view text) {
  const std::string name(text);
  std::uint16_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) number = 0;
  if (number == 0) number = static_cast<std::uint16_t>(ldns_get_rr_type_by_name(name.c_str()));
  static const std::set<std::uint16_t> kNoQuestions = {
      0, LDNS_RR_TYPE_OPT, LDNS_RR_TYPE_TKEY, LDNS_RR_TYPE_TSIG, LDNS_RR_TYPE_IXFR, LDNS_RR_TYPE_AXFR};
  if (kNoQuestions.contains(number)) return std::nullopt;
  return static_cast<DnsType>(number);
}

std::string to_string(DnsType type) { return text_of(ldns_rr_type2str(static_cast<ldns_rr_type>(type))); }

bool is_dns_name(const std::string& name) {
  return name.find('\0') == name.npos && Owned<ldns_rdf>(ldns_dname_new_frm_str(name.c_str())) != nullptr;
}

std::string reverse_name(const std::string& address) {
  const auto parsed = base::IpAddress::parse(address);
  if (!parsed) return {};
  const auto type = parsed->is_v4() ? LDNS_RDF_TYPE_A : LDNS_RDF_TYPE_AAAA;
  const Owned<ldns_rdf> data(ldns_rdf_new_frm_str(type, address.c_str()));
  if (!data) return {};
  const Owned<ldns_rdf> name(ldns_rdf_address_reverse(data.get()));
  return name ? text_of(ldns_rdf2str(name.get())) : std::string();
}

base::Result<std::vector<std::uint8_t>> dns_query(const DnsQuestion& question, const DnsManner& manner,
                                                  std::uint16_t id) {
  Owned<ldns_rdf> name(is_dns_name(question.name) ? ldns_dname_new_frm_str(question.name.c_str()) : nullptr);
  if (!name) return base::Error{base::ErrorKind::invalid, "not a name that DNS can ask for"};
  const auto flags =
      static_cast<std::uint16_t>(LDNS_AD | (manner.recurse ? LDNS_RD : 0) | (manner.check_disabled ? LDNS_CD : 0));
  // The packet takes the name over.
  const Owned<ldns_pkt> packet(
      ldns_pkt_query_new(name.release(), static_cast<ldns_rr_type>(question.type), LDNS_RR_CLASS_IN, flags));
  if (!packet) return base::Error{base::ErrorKind::invalid, "the DNS query could not be made"};
  ldns_pkt_set_id(packet.get(), id);
  if (manner.uses_edns()) add_edns(packet.get(), manner);
  std::uint8_t* wire = nullptr;
  std::size_t size = 0;
  const bool made = ldns_pkt2wire(&wire, packet.get(), &size) == LDNS_STATUS_OK;
  const Owned<std::uint8_t> owned(wire);
  if (!made) return base::Error{base::ErrorKind::invalid, "the DNS query could not be written"};
  return std::vector<std::uint8_t>(wire, wire + size);
}

bool could_answer(base::Bytes bytes, std::uint16_t id) {
  constexpr std::uint8_t kIsResponse = 0x80;
  if (bytes.size() < kDnsHeaderBytes || bytes.size() > kMaxDnsMessageBytes) return false;
  return bytes[0] == id >> 8 && bytes[1] == (id & 0xff) && (bytes[2] & kIsResponse) != 0;
}

base::Result<DnsAnswer> parse_dns_answer(base::Bytes bytes) {
  const base::Error none{base::ErrorKind::corrupt, "not a DNS message"};
  if (bytes.size() < kDnsHeaderBytes || bytes.size() > kMaxDnsMessageBytes) return none;
  ldns_pkt* parsed = nullptr;
  if (ldns_wire2pkt(&parsed, bytes.data(), bytes.size()) != LDNS_STATUS_OK) return none;
  const Owned<ldns_pkt> packet(parsed);
  DnsAnswer answer;
  answer.id = ldns_pkt_id(parsed);
  answer.is_response = ldns_pkt_qr(parsed);
  answer.truncated = ldns_pkt_tc(parsed);
  answer.authoritative = ldns_pkt_aa(parsed);
  answer.authentic = ldns_pkt_ad(parsed);
  answer.rcode = rcode_of(parsed);
  answer.rcode_name = rcode_name(answer.rcode);
  answer.has_question = ldns_rr_list_rr_count(ldns_pkt_question(parsed)) > 0;
  answer.question = question_of(parsed);
  answer.authority = ldns_rr_list_rr_count(ldns_pkt_authority(parsed));
  answer.additional = ldns_rr_list_rr_count(ldns_pkt_additional(parsed));
  answer.nsid = nsid_of(parsed);
  if (answer.question) take_answers(answer, parsed);
  return answer;
}

bool answers_question(const DnsAnswer& answer, const DnsQuestion& question, std::uint16_t id) {
  if (!answer.is_response || answer.id != id) return false;
  if (!answer.has_question) return answer.rcode != kNoError && answer.rcode != kNameError;
  const Owned<ldns_rdf> name(ldns_dname_new_frm_str(question.name.c_str()));
  return name && answer.question == DnsQuestion{normal_name(name.get()), question.type};
}

}  // namespace holter::probe
