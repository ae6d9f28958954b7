// Denials are the records of one message that say what does not exist (NSEC, RFC 4034; NSEC3, RFC 5155), as sets of one
// owner each, and what they say once their signatures are found to hold.
//
// At most 8 sets and 150 iterations of NSEC3's hash (RFC 9276). The packet outlives it.
#pragma once

#include <vector>

#include "probe/dns/owned.h"

namespace holter::probe {

class Denials {
 public:
  explicit Denials(const ldns_pkt* packet);

  bool empty() const { return sets_.empty(); }
  bool too_many() const { return too_many_; }
  bool too_slow() const;
  const std::vector<Owned<ldns_rr_list>>& sets() const { return sets_; }

  // Whether they say that there is no such name, or none of that type.
  bool deny(const ldns_rdf* owner, ldns_rr_type type, ldns_pkt_rcode rcode) const;
  // Whether they say that between the wildcard with so many labels and `owner` there is no name.
  bool deny_nearer(const ldns_rdf* owner, std::uint8_t labels) const;

 private:
  bool covers(const ldns_rr* record, const ldns_rdf* owner, const ldns_rdf* nearer) const;

  const ldns_pkt* packet_;
  std::vector<Owned<ldns_rr_list>> sets_;
  bool too_many_ = false;
};

}  // namespace holter::probe
