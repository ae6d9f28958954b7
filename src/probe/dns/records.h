// Records of one libldns message by owner and type, and names as they are compared: what proving an answer needs.
#pragma once

#include <string>

#include "probe/dns/owned.h"

namespace holter::probe {

// Lower case, with the final dot, escapes spelled alike.
std::string normal_name(const ldns_rdf* name);

// Copies of the section's records of that owner and type; empty rather than null.
Owned<ldns_rr_list> records_of(const ldns_pkt* packet, ldns_pkt_section section, const ldns_rdf* owner,
                               ldns_rr_type type);
// Copies of the signatures over them.
Owned<ldns_rr_list> signatures_of(const ldns_pkt* packet, ldns_pkt_section section, const ldns_rdf* owner,
                                  ldns_rr_type covered);

// Whether `name` is `zone` or below it.
bool is_within(const ldns_rdf* name, const ldns_rdf* zone);

inline std::size_t size_of(const Owned<ldns_rr_list>& records) { return ldns_rr_list_rr_count(records.get()); }

}  // namespace holter::probe
