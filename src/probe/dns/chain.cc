#include "probe/dns/chain.h"

#include <algorithm>
#include <array>
#include <map>
#include <variant>
#include <vector>

#include "probe/dns/denial.h"
#include "probe/dns/records.h"

namespace holter::probe {
namespace {

constexpr int kMaxZones = 16;
constexpr std::size_t kMaxQuestions = 32;
constexpr std::size_t kMaxKeys = 16;
constexpr std::size_t kMaxSignatures = 4;
constexpr int kMaxTries = 256;

// One step of a proof: done, or what must be asked first, or why there is none.
using Step = std::variant<std::monostate, DnsQuestion, DnsProof>;
bool done(const Step& step) { return std::holds_alternative<std::monostate>(step); }

DnsProof bogus(std::string why) { return {DnsSecurity::bogus, std::move(why)}; }
DnsProof unknown(std::string why) { return {DnsSecurity::indeterminate, std::move(why)}; }

// "A example.org."
std::string set_text(const ldns_rr_list* records) {
  const ldns_rr* first = ldns_rr_list_rr(records, 0);
  return to_string(static_cast<DnsType>(ldns_rr_get_type(first))) + ' ' + normal_name(ldns_rr_owner(first));
}

std::uint8_t labels_of(const ldns_rdf* name) { return ldns_dname_label_count(name); }

// As RRSIG counts them: without the root and a wildcard's star.
std::uint8_t signed_labels(const ldns_rdf* owner) {
  return static_cast<std::uint8_t>(labels_of(owner) - (ldns_dname_is_wildcard(owner) ? 1 : 0));
}

// Those that may sign their zone and are not revoked (RFC 4034, section 2.1; RFC 5011).
bool is_zone_key(const ldns_rr* key) {
  if (ldns_rr_dnskey_flags(key) == nullptr || ldns_rr_dnskey_protocol(key) == nullptr) return false;
  const auto flags = ldns_rdf2native_int16(ldns_rr_dnskey_flags(key));
  return (flags & LDNS_KEY_ZONE_KEY) != 0 && (flags & LDNS_KEY_REVOKE_KEY) == 0 &&
         ldns_rdf2native_int8(ldns_rr_dnskey_protocol(key)) == 3;
}

Owned<ldns_rr> anchor_of(const std::string& text) {
  ldns_rr* record = nullptr;
  ldns_rdf* before = nullptr;
  const auto status = ldns_rr_new_frm_str(&record, text.c_str(), 0, nullptr, &before);
  const Owned<ldns_rdf> previous(before);
  Owned<ldns_rr> anchor(status == LDNS_STATUS_OK ? record : nullptr);
  const auto type = anchor ? ldns_rr_get_type(anchor.get()) : LDNS_RR_TYPE_A;
  return type == LDNS_RR_TYPE_DS || type == LDNS_RR_TYPE_DNSKEY ? std::move(anchor) : nullptr;
}

Owned<ldns_pkt> packet_of(base::Bytes bytes) {
  ldns_pkt* packet = nullptr;
  if (ldns_wire2pkt(&packet, bytes.data(), bytes.size()) != LDNS_STATUS_OK) return nullptr;
  return Owned<ldns_pkt>(packet);
}

}  // namespace

std::string_view to_string(DnsSecurity security) {
  switch (security) {
    case DnsSecurity::secure: return "secure";
    case DnsSecurity::bogus: return "bogus";
    case DnsSecurity::indeterminate: return "indeterminate";
  }
  return "indeterminate";
}

bool is_dns_anchor(const std::string& text) { return anchor_of(text) != nullptr; }

std::span<const std::string> dns_root_anchors() {
  static const std::array<std::string, 2> kAnchors = {
      ". IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D",
      ". IN DS 38696 8 2 683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16"};
  return kAnchors;
}

class DnsChain::Prover {
 public:
  Prover(std::span<const std::string> anchors, DnsQuestion question, base::WallTime now)
      : question_(std::move(question)), now_(static_cast<time_t>(now.in_nanoseconds() / 1'000'000'000)) {
    for (const auto& text : anchors) {
      if (auto anchor = anchor_of(text)) anchors_.push_back(std::move(anchor));
    }
  }

  void take(const DnsQuestion& question, base::Bytes bytes) { messages_[key_of(question)] = packet_of(bytes); }
  const DnsQuestion& question() const { return question_; }
  std::optional<DnsQuestion> wanted();
  const DnsProof& proof() const { return proof_; }

 private:
  using Key = std::pair<std::string, DnsType>;
  using Section = ldns_pkt_section;

  static Key key_of(const DnsQuestion& question);
  const ldns_pkt* message(const DnsQuestion& question) const;
  Step prove_answer();
  Step prove_set(const ldns_pkt* packet, Section section, const ldns_rr_list* set, int depth);
  Step prove_signature(const ldns_pkt* packet, const ldns_rr_list* set, const ldns_rr* signature, int depth);
  Step prove_absence(const ldns_pkt* packet, const ldns_rdf* owner);
  Step prove_denials(const ldns_pkt* packet, Denials& denials, int depth);
  Step prove_wildcard(const ldns_pkt* packet, const ldns_rdf* owner, std::uint8_t labels, int depth);
  Step find_keys(const ldns_rdf* zone, int depth, const ldns_rr_list*& keys);
  Step find_vouchers(const ldns_rdf* zone, int depth, Owned<ldns_rr_list>& vouchers);
  Step check(const ldns_rr_list* set, const ldns_rr* signature, const ldns_rr_list* keys);

  DnsQuestion question_;
  time_t now_;
  std::vector<Owned<ldns_rr>> anchors_;
  std::map<Key, Owned<ldns_pkt>> messages_;
  std::map<std::string, Owned<ldns_rr_list>> trusted_;  // by zone
  int tries_ = 0;
  DnsProof proof_;
};

DnsChain::Prover::Key DnsChain::Prover::key_of(const DnsQuestion& question) {
  const Owned<ldns_rdf> name(ldns_dname_new_frm_str(question.name.c_str()));
  return {name ? normal_name(name.get()) : std::string(), question.type};
}

const ldns_pkt* DnsChain::Prover::message(const DnsQuestion& question) const {
  const auto found = messages_.find(key_of(question));
  return found == messages_.end() ? nullptr : found->second.get();
}

std::optional<DnsQuestion> DnsChain::Prover::wanted() {
  const Step step = prove_answer();
  if (const auto* const question = std::get_if<DnsQuestion>(&step)) {
    const bool asked = messages_.contains(key_of(*question));
    if (!asked && messages_.size() < kMaxQuestions) return *question;
    proof_ = unknown("the proof needs more than " + std::to_string(kMaxQuestions) + " questions");
    if (asked) proof_ = unknown("no message in answer to " + to_string(question->type) + ' ' + question->name);
  }
  if (const auto* const failed = std::get_if<DnsProof>(&step)) proof_ = *failed;
  return std::nullopt;
}

// The aliases and the records at their end, or that there are none.
Step DnsChain::Prover::prove_answer() {
  const ldns_pkt* packet = message(question_);
  if (packet == nullptr) return unknown("the answer is no DNS message");
  if (ldns_pkt_tc(packet)) return unknown("the answer is truncated");
  const Owned<ldns_rdf> asked(ldns_dname_new_frm_str(question_.name.c_str()));
  Owned<ldns_rdf> owner(ldns_rdf_clone(asked.get()));
  const auto type = static_cast<ldns_rr_type>(question_.type);
  for (std::size_t i = 0; i <= kMaxDnsAnswers; ++i) {
    const auto records = records_of(packet, LDNS_SECTION_ANSWER, owner.get(), type);
    if (size_of(records) > 0) return prove_set(packet, LDNS_SECTION_ANSWER, records.get(), 0);
    const auto aliases = records_of(packet, LDNS_SECTION_ANSWER, owner.get(), LDNS_RR_TYPE_CNAME);
    if (size_of(aliases) == 0) return prove_absence(packet, owner.get());
    Step step = prove_set(packet, LDNS_SECTION_ANSWER, aliases.get(), 0);
    if (!done(step)) return step;
    owner.reset(ldns_rdf_clone(ldns_rr_rdf(ldns_rr_list_rr(aliases.get(), 0), 0)));
  }
  return unknown("the aliases have no end");
}

Step DnsChain::Prover::prove_set(const ldns_pkt* packet, Section section, const ldns_rr_list* set, int depth) {
  const ldns_rr* first = ldns_rr_list_rr(set, 0);
  const auto signatures = signatures_of(packet, section, ldns_rr_owner(first), ldns_rr_get_type(first));
  Step step = unknown(set_text(set) + " is not signed");
  for (std::size_t i = 0; i < std::min(size_of(signatures), kMaxSignatures); ++i) {
    step = prove_signature(packet, set, ldns_rr_list_rr(signatures.get(), i), depth);
    if (done(step) || std::holds_alternative<DnsQuestion>(step)) return step;
  }
  return step;
}

Step DnsChain::Prover::prove_signature(const ldns_pkt* packet, const ldns_rr_list* set, const ldns_rr* signature,
                                       int depth) {
  const ldns_rr* first = ldns_rr_list_rr(set, 0);
  const ldns_rdf* owner = ldns_rr_owner(first);
  const ldns_rdf* signer = ldns_rr_rrsig_signame(signature);
  if (signer == nullptr || ldns_rr_rrsig_labels(signature) == nullptr) return bogus("a signature has no signer");
  // What a zone says of its own delegation proves nothing: the one above signs it.
  const bool above = ldns_rr_get_type(first) != LDNS_RR_TYPE_DS || ldns_dname_compare(owner, signer) != 0;
  if (!is_within(owner, signer) || !above) {
    return bogus(set_text(set) + " is signed by " + normal_name(signer) + ", which may not");
  }
  const std::uint8_t labels = ldns_rdf2native_int8(ldns_rr_rrsig_labels(signature));
  if (labels > signed_labels(owner)) return bogus("the signature of " + set_text(set) + " is for a longer name");
  const ldns_rr_list* keys = nullptr;
  Step step = find_keys(signer, depth + 1, keys);
  if (done(step)) step = check(set, signature, keys);
  if (!done(step) || labels == signed_labels(owner)) return step;
  return prove_wildcard(packet, owner, labels, depth);
}

Step DnsChain::Prover::check(const ldns_rr_list* set, const ldns_rr* signature, const ldns_rr_list* keys) {
  if (++tries_ > kMaxTries) return unknown("there are too many signatures to try");
  ldns_rr_list* good = ldns_rr_list_new();
  const auto status = ldns_verify_rrsig_keylist_time(set, signature, keys, now_, good);
  ldns_rr_list_free(good);  // its records are those of `keys`
  if (status == LDNS_STATUS_OK) return {};
  return bogus("the signature of " + set_text(set) + " does not hold: " + ldns_get_errorstr_by_id(status));
}

// What says which keys are the zone's: its anchors, else what the zone above says.
Step DnsChain::Prover::find_vouchers(const ldns_rdf* zone, int depth, Owned<ldns_rr_list>& vouchers) {
  vouchers.reset(ldns_rr_list_new());
  bool covered = false;
  for (const auto& anchor : anchors_) {
    covered = covered || is_within(zone, ldns_rr_owner(anchor.get()));
    if (ldns_dname_compare(zone, ldns_rr_owner(anchor.get())) != 0) continue;
    ldns_rr_list_push_rr(vouchers.get(), ldns_rr_clone(anchor.get()));
  }
  if (size_of(vouchers) > 0) return {};
  const std::string name = normal_name(zone);
  if (!covered) return unknown("no trust anchor is " + name + " or above it");
  const DnsQuestion question{name, DnsType::ds};
  const ldns_pkt* packet = message(question);
  if (packet == nullptr) return question;
  vouchers = records_of(packet, LDNS_SECTION_ANSWER, zone, LDNS_RR_TYPE_DS);
  if (size_of(vouchers) == 0) return unknown("the zone above " + name + " names no key of it");
  return prove_set(packet, LDNS_SECTION_ANSWER, vouchers.get(), depth);
}

Step DnsChain::Prover::find_keys(const ldns_rdf* zone, int depth, const ldns_rr_list*& keys) {
  const std::string name = normal_name(zone);
  if (const auto known = trusted_.find(name); known != trusted_.end()) {
    keys = known->second.get();
    return {};
  }
  if (depth > kMaxZones) return unknown("there are more than " + std::to_string(kMaxZones) + " zones to the anchor");
  Owned<ldns_rr_list> vouchers;
  if (Step step = find_vouchers(zone, depth, vouchers); !done(step)) return step;
  const DnsQuestion question{name, DnsType::dnskey};
  const ldns_pkt* packet = message(question);
  if (packet == nullptr) return question;
  auto all = records_of(packet, LDNS_SECTION_ANSWER, zone, LDNS_RR_TYPE_DNSKEY);
  if (size_of(all) == 0 || size_of(all) > kMaxKeys) return unknown(name + " has no keys, or too many");
  ldns_rr_list* entry = ldns_rr_list_new();  // whose records are those of `all`
  for (std::size_t i = 0; i < size_of(all); ++i) {
    ldns_rr* key = ldns_rr_list_rr(all.get(), i);
    for (std::size_t j = 0; is_zone_key(key) && j < size_of(vouchers); ++j) {
      if (ldns_rr_compare_ds(ldns_rr_list_rr(vouchers.get(), j), key)) ldns_rr_list_push_rr(entry, key);
    }
  }
  Step step = bogus("no key of " + name + " is the one that is trusted");
  const auto signatures = signatures_of(packet, LDNS_SECTION_ANSWER, zone, LDNS_RR_TYPE_DNSKEY);
  for (std::size_t i = 0; ldns_rr_list_rr_count(entry) > 0 && i < std::min(size_of(signatures), kMaxSignatures); ++i) {
    step = check(all.get(), ldns_rr_list_rr(signatures.get(), i), entry);
    if (done(step)) break;
  }
  ldns_rr_list_free(entry);
  if (!done(step)) return step;
  keys = (trusted_[name] = std::move(all)).get();
  return {};
}

Step DnsChain::Prover::prove_denials(const ldns_pkt* packet, Denials& denials, int depth) {
  if (denials.empty()) return unknown("nothing that is signed says that there is no more");
  if (denials.too_many() || denials.too_slow()) return unknown("the proof of absence is too long to be checked");
  for (const auto& set : denials.sets()) {
    Step step = prove_set(packet, LDNS_SECTION_AUTHORITY, set.get(), depth);
    if (!done(step)) return step;
  }
  return {};
}

Step DnsChain::Prover::prove_absence(const ldns_pkt* packet, const ldns_rdf* owner) {
  Denials denials(packet);
  Step step = prove_denials(packet, denials, 0);
  if (!done(step)) return step;
  if (denials.deny(owner, static_cast<ldns_rr_type>(question_.type), ldns_pkt_get_rcode(packet))) return {};
  return unknown("what is signed does not say that there is no " + to_string(question_.type) + ' ' +
                 normal_name(owner));
}

// That no nearer name exists, for which the wildcard would not stand.
Step DnsChain::Prover::prove_wildcard(const ldns_pkt* packet, const ldns_rdf* owner, std::uint8_t labels, int depth) {
  Denials denials(packet);
  Step step = prove_denials(packet, denials, depth + 1);
  if (!done(step)) return step;
  if (denials.deny_nearer(owner, labels)) return {};
  return unknown("what is signed does not say that a wildcard may stand for " + normal_name(owner));
}

DnsChain::DnsChain(std::span<const std::string> anchors, DnsQuestion question, base::Bytes answer, base::WallTime now)
    : prover_(std::make_unique<Prover>(anchors, std::move(question), now)) {
  prover_->take(prover_->question(), answer);
}

DnsChain::~DnsChain() = default;

std::optional<DnsQuestion> DnsChain::wanted() { return prover_->wanted(); }

void DnsChain::take(const DnsQuestion& question, base::Bytes answer) { prover_->take(question, answer); }

const DnsProof& DnsChain::proof() const { return prover_->proof(); }

}  // namespace holter::probe
