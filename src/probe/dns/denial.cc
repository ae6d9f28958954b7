#include "probe/dns/denial.h"

#include <algorithm>

#include "probe/dns/records.h"

namespace holter::probe {
namespace {

constexpr std::size_t kMaxSets = 8;
constexpr std::uint16_t kMaxIterations = 150;

const ldns_rr* first_of(const Owned<ldns_rr_list>& set) { return ldns_rr_list_rr(set.get(), 0); }

bool is_nsec3(const ldns_rr* record) { return ldns_rr_get_type(record) == LDNS_RR_TYPE_NSEC3; }

bool lists(const ldns_rr* nsec, ldns_rr_type type) {
  const ldns_rdf* bitmap = ldns_nsec_get_bitmap(nsec);
  return bitmap != nullptr && ldns_nsec_bitmap_covers_type(bitmap, type);
}

// The record of a delegation says nothing of the names below it, which are another zone's (RFC 6840, section 4.1).
bool is_beside_the_point(const ldns_rr* record, const ldns_rdf* owner) {
  if (is_nsec3(record) || !ldns_dname_is_subdomain(owner, ldns_rr_owner(record))) return false;
  const bool delegates = lists(record, LDNS_RR_TYPE_NS) && !lists(record, LDNS_RR_TYPE_SOA);
  return delegates || lists(record, LDNS_RR_TYPE_DNAME);
}

// What libldns takes them as: lists whose records are another's.
struct Borrowed {
  ldns_rr_list* list = ldns_rr_list_new();

  Borrowed() = default;
  Borrowed(const Borrowed&) = delete;
  Borrowed& operator=(const Borrowed&) = delete;
  ~Borrowed() { ldns_rr_list_free(list); }
  std::size_t size() const { return ldns_rr_list_rr_count(list); }
};

Owned<ldns_rr> question_of(const ldns_rdf* owner, ldns_rr_type type) {
  Owned<ldns_rr> question(ldns_rr_new());
  ldns_rr_set_owner(question.get(), ldns_rdf_clone(owner));
  ldns_rr_set_type(question.get(), type);
  ldns_rr_set_class(question.get(), LDNS_RR_CLASS_IN);
  return question;
}

}  // namespace

Denials::Denials(const ldns_pkt* packet) : packet_(packet) {
  const ldns_rr_list* records = ldns_pkt_authority(packet);
  for (std::size_t i = 0; i < ldns_rr_list_rr_count(records); ++i) {
    const ldns_rr* record = ldns_rr_list_rr(records, i);
    const ldns_rr_type type = ldns_rr_get_type(record);
    if (type != LDNS_RR_TYPE_NSEC && type != LDNS_RR_TYPE_NSEC3) continue;
    const bool there = std::ranges::any_of(sets_, [record, type](const auto& set) {
      return ldns_rr_get_type(first_of(set)) == type &&
             ldns_dname_compare(ldns_rr_owner(first_of(set)), ldns_rr_owner(record)) == 0;
    });
    if (there) continue;
    too_many_ = sets_.size() == kMaxSets;
    if (too_many_) return;
    sets_.push_back(records_of(packet, LDNS_SECTION_AUTHORITY, ldns_rr_owner(record), type));
  }
}

bool Denials::too_slow() const {
  return std::ranges::any_of(sets_, [](const auto& set) {
    for (std::size_t i = 0; i < size_of(set); ++i) {
      const ldns_rr* record = ldns_rr_list_rr(set.get(), i);
      if (is_nsec3(record) && ldns_nsec3_iterations(record) > kMaxIterations) return true;
    }
    return false;
  });
}

bool Denials::deny(const ldns_rdf* owner, ldns_rr_type type, ldns_pkt_rcode rcode) const {
  Borrowed nsec;
  Borrowed nsec3;
  Borrowed signatures;  // these need only be there: they are checked
  for (const auto& set : sets_) {
    for (std::size_t i = 0; i < size_of(set); ++i) {
      ldns_rr* record = ldns_rr_list_rr(set.get(), i);
      if (is_beside_the_point(record, owner)) continue;
      ldns_rr_list_push_rr(is_nsec3(record) ? nsec3.list : nsec.list, record);
    }
  }
  const ldns_rr_list* authority = ldns_pkt_authority(packet_);
  for (std::size_t i = 0; i < ldns_rr_list_rr_count(authority); ++i) {
    ldns_rr* record = ldns_rr_list_rr(authority, i);
    if (ldns_rr_get_type(record) == LDNS_RR_TYPE_RRSIG) ldns_rr_list_push_rr(signatures.list, record);
  }
  const auto question = question_of(owner, type);
  if (nsec.size() > 0 && ldns_dnssec_verify_denial(question.get(), nsec.list, signatures.list) == LDNS_STATUS_OK) {
    return true;
  }
  const bool nodata = rcode == LDNS_RCODE_NOERROR;
  return nsec3.size() > 0 && ldns_dnssec_verify_denial_nsec3(question.get(), nsec3.list, signatures.list, rcode, type,
                                                             nodata) == LDNS_STATUS_OK;
}

bool Denials::covers(const ldns_rr* record, const ldns_rdf* owner, const ldns_rdf* nearer) const {
  if (!is_nsec3(record)) return !is_beside_the_point(record, owner) && ldns_nsec_covers_name(record, owner);
  const Owned<ldns_rdf> zone(ldns_dname_left_chop(ldns_rr_owner(record)));
  const Owned<ldns_rdf> hash(ldns_nsec3_hash_name_frm_nsec3(record, nearer));
  if (!zone || !hash || ldns_dname_cat(hash.get(), zone.get()) != LDNS_STATUS_OK) return false;
  return ldns_nsec_covers_name(record, hash.get());
}

bool Denials::deny_nearer(const ldns_rdf* owner, std::uint8_t labels) const {
  const auto all = static_cast<std::uint8_t>(ldns_dname_label_count(owner));
  const Owned<ldns_rdf> nearer(ldns_dname_clone_from(owner, static_cast<std::uint16_t>(all - labels - 1)));
  if (!nearer) return false;
  return std::ranges::any_of(sets_, [&](const auto& set) {
    for (std::size_t i = 0; i < size_of(set); ++i) {
      if (covers(ldns_rr_list_rr(set.get(), i), owner, nearer.get())) return true;
    }
    return false;
  });
}

}  // namespace holter::probe
