#include "probe/dns/records.h"

namespace holter::probe {
namespace {

template <class Fits>
Owned<ldns_rr_list> copies(const ldns_pkt* packet, ldns_pkt_section section, const ldns_rdf* owner, Fits fits) {
  Owned<ldns_rr_list> found(ldns_rr_list_new());
  const ldns_rr_list* records = section == LDNS_SECTION_ANSWER ? ldns_pkt_answer(packet) : ldns_pkt_authority(packet);
  for (std::size_t i = 0; i < ldns_rr_list_rr_count(records); ++i) {
    const ldns_rr* record = ldns_rr_list_rr(records, i);
    if (!fits(record) || ldns_dname_compare(ldns_rr_owner(record), owner) != 0) continue;
    ldns_rr_list_push_rr(found.get(), ldns_rr_clone(record));
  }
  return found;
}

}  // namespace

std::string normal_name(const ldns_rdf* name) {
  std::string text = text_of(ldns_rdf2str(name));
  for (char& c : text) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  return text;
}

Owned<ldns_rr_list> records_of(const ldns_pkt* packet, ldns_pkt_section section, const ldns_rdf* owner,
                               ldns_rr_type type) {
  return copies(packet, section, owner, [type](const ldns_rr* record) { return ldns_rr_get_type(record) == type; });
}

Owned<ldns_rr_list> signatures_of(const ldns_pkt* packet, ldns_pkt_section section, const ldns_rdf* owner,
                                  ldns_rr_type covered) {
  return copies(packet, section, owner, [covered](const ldns_rr* record) -> bool {
    if (ldns_rr_get_type(record) != LDNS_RR_TYPE_RRSIG || ldns_rr_rrsig_typecovered(record) == nullptr) return false;
    return ldns_rdf2rr_type(ldns_rr_rrsig_typecovered(record)) == covered;
  });
}

bool is_within(const ldns_rdf* name, const ldns_rdf* zone) {
  return ldns_dname_compare(name, zone) == 0 || ldns_dname_is_subdomain(name, zone);
}

}  // namespace holter::probe
