// Zones that the test signs by itself: "." is the anchor, "example." is signed by it, "a.example." by that.
#include "probe/dns/chain.h"

#include <gtest/gtest.h>

#include <map>

#include "probe/dns/records.h"

namespace holter::probe {
namespace {

constexpr std::int64_t kNow = 1'800'000'000;
const base::WallTime kWall = base::WallTime::from_nanoseconds(kNow * 1'000'000'000);
using Bytes = std::vector<std::uint8_t>;

struct FreeKeys {
  void operator()(ldns_key_list* keys) const { ldns_key_list_free(keys); }
};

Owned<ldns_rr> record(const std::string& text) {
  ldns_rr* parsed = nullptr;
  EXPECT_EQ(ldns_rr_new_frm_str(&parsed, text.c_str(), 60, nullptr, nullptr), LDNS_STATUS_OK) << text;
  return Owned<ldns_rr>(parsed);
}

Owned<ldns_rdf> name_of(const std::string& text) { return Owned<ldns_rdf>(ldns_dname_new_frm_str(text.c_str())); }

class Zone {
 public:
  explicit Zone(const std::string& name) {
    ldns_key* key = ldns_key_new_frm_algorithm(LDNS_SIGN_ECDSAP256SHA256, 0);
    ldns_key_set_pubkey_owner(key, ldns_dname_new_frm_str(name.c_str()));
    ldns_key_set_flags(key, LDNS_KEY_ZONE_KEY | LDNS_KEY_SEP_KEY);
    const Owned<ldns_rr> dnskey(ldns_key2rr(key));
    ldns_key_set_keytag(key, ldns_calc_keytag(dnskey.get()));
    key_text_ = text_of(ldns_rr2str(dnskey.get()));
    const Owned<ldns_rr> ds(ldns_key_rr2ds(dnskey.get(), LDNS_SHA256));
    ds_text_ = text_of(ldns_rr2str(ds.get()));
    keys_.reset(ldns_key_list_new());
    ldns_key_list_push_key(keys_.get(), key);
  }
  const std::string& key() const { return key_text_; }
  const std::string& ds() const { return ds_text_; }
  // The set and its signature.
  std::vector<std::string> sign(const std::vector<std::string>& texts, std::int64_t from = kNow - 100,
                                std::int64_t to = kNow + 100) const {
    ldns_key* key = ldns_key_list_key(keys_.get(), 0);
    ldns_key_set_inception(key, static_cast<std::uint32_t>(from));
    ldns_key_set_expiration(key, static_cast<std::uint32_t>(to));
    const Owned<ldns_rr_list> set(ldns_rr_list_new());
    for (const auto& text : texts) ldns_rr_list_push_rr(set.get(), record(text).release());
    const Owned<ldns_rr_list> signatures(ldns_sign_public(set.get(), keys_.get()));
    auto all = texts;
    all.push_back(text_of(ldns_rr2str(ldns_rr_list_rr(signatures.get(), 0))));
    return all;
  }

 private:
  std::unique_ptr<ldns_key_list, FreeKeys> keys_;
  std::string key_text_;
  std::string ds_text_;
};

struct Sections {
  std::vector<std::string> answer = {};
  std::vector<std::string> authority = {};
  ldns_pkt_rcode rcode = LDNS_RCODE_NOERROR;
};

Bytes message(const DnsQuestion& question, const Sections& sections) {
  const Owned<ldns_pkt> packet(ldns_pkt_query_new(name_of(question.name).release(),
                                                  static_cast<ldns_rr_type>(question.type), LDNS_RR_CLASS_IN, 0));
  ldns_pkt_set_qr(packet.get(), true);
  ldns_pkt_set_rcode(packet.get(), sections.rcode);
  for (const auto& text : sections.answer) ldns_pkt_push_rr(packet.get(), LDNS_SECTION_ANSWER, record(text).release());
  for (const auto& text : sections.authority) {
    ldns_pkt_push_rr(packet.get(), LDNS_SECTION_AUTHORITY, record(text).release());
  }
  std::uint8_t* wire = nullptr;
  std::size_t size = 0;
  EXPECT_EQ(ldns_pkt2wire(&wire, packet.get(), &size), LDNS_STATUS_OK);
  const Owned<std::uint8_t> owned(wire);
  return {wire, wire + size};
}

std::vector<std::string> operator+(std::vector<std::string> a, const std::vector<std::string>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

constexpr auto kMx = static_cast<DnsType>(15);
const DnsQuestion kWww{"www.a.example.", DnsType::a};
const std::string kAddress = "www.a.example. 60 IN A 192.0.2.7";

class DnsChainTest : public testing::Test {
 protected:
  DnsChainTest() {
    put({".", DnsType::dnskey}, {root.sign({root.key()})});
    put({"example.", DnsType::ds}, {root.sign({example.ds()})});
    put({"example.", DnsType::dnskey}, {example.sign({example.key()})});
    put({"a.example.", DnsType::ds}, {example.sign({a.ds()})});
    put({"a.example.", DnsType::dnskey}, {a.sign({a.key()})});
  }
  void put(const DnsQuestion& question, const Sections& sections) {
    messages_[to_string(question.type) + question.name] = message(question, sections);
  }
  DnsProof prove(const DnsQuestion& question, const Sections& answer) {
    const auto bytes = message(question, answer);
    DnsChain chain(anchors_, question, bytes, kWall);
    asked_ = 0;
    while (const auto wanted = chain.wanted()) {
      ++asked_;
      chain.take(*wanted, messages_[to_string(wanted->type) + wanted->name]);
    }
    return chain.proof();
  }
  void expect(DnsSecurity security, std::string_view words, const DnsProof& proof) {
    EXPECT_EQ(proof.security, security) << proof.why;
    EXPECT_NE(proof.why.find(words), std::string::npos) << proof.why;
  }

  Zone root{"."};
  Zone example{"example."};
  Zone a{"a.example."};
  std::vector<std::string> anchors_ = {root.ds()};
  std::map<std::string, Bytes> messages_;
  int asked_ = 0;
};

TEST_F(DnsChainTest, AnAnswerIsProvedUpToTheAnchor) {
  EXPECT_EQ(prove(kWww, {a.sign({kAddress})}), DnsProof());
  EXPECT_EQ(asked_, 5);
}

TEST_F(DnsChainTest, AnAnchorInBetweenNeedsNothingAboveItAndMayBeAKey) {
  anchors_ = {a.key()};
  EXPECT_EQ(prove(kWww, {a.sign({kAddress})}), DnsProof());
  EXPECT_EQ(asked_, 1);
}

TEST_F(DnsChainTest, EachAliasOfTheWayIsProved) {
  const auto alias = example.sign({"www.example. 60 IN CNAME www.a.example."});
  const DnsQuestion question{"www.example.", DnsType::a};
  EXPECT_EQ(prove(question, {alias + a.sign({kAddress})}), DnsProof());
  expect(DnsSecurity::indeterminate, "A www.a.example. is not signed",
         prove(question, {alias + std::vector{kAddress}}));
  expect(DnsSecurity::indeterminate, "CNAME www.example. is not signed", prove(question, {{alias[0]}}));
}

TEST_F(DnsChainTest, WhatIsNotSignedIsNotKnown) {
  expect(DnsSecurity::indeterminate, "A www.a.example. is not signed", prove(kWww, {{kAddress}}));
}

TEST_F(DnsChainTest, AChangedRecordIsBogus) {
  auto changed = a.sign({kAddress});
  changed[0] = "www.a.example. 60 IN A 192.0.2.66";
  expect(DnsSecurity::bogus, "the signature of A www.a.example. does not hold", prove(kWww, {changed}));
  const auto added = a.sign({kAddress}) + std::vector<std::string>{"www.a.example. 60 IN A 192.0.2.66"};
  expect(DnsSecurity::bogus, "does not hold", prove(kWww, {added}));
}

TEST_F(DnsChainTest, SignaturesHoldInTheirTimeOnly) {
  expect(DnsSecurity::bogus, "does not hold", prove(kWww, {a.sign({kAddress}, kNow - 100, kNow - 1)}));
  expect(DnsSecurity::bogus, "does not hold", prove(kWww, {a.sign({kAddress}, kNow + 1, kNow + 100)}));
}

TEST_F(DnsChainTest, NobodySignsForStrangers) {
  const Zone other("other.");
  anchors_.push_back(other.ds());
  put({"other.", DnsType::dnskey}, {other.sign({other.key()})});
  expect(DnsSecurity::bogus, "is signed by other., which may not", prove(kWww, {other.sign({kAddress})}));
}

TEST_F(DnsChainTest, AKeyThatTheZoneAboveDoesNotNameIsBogus) {
  const Zone forged("a.example.");
  put({"a.example.", DnsType::dnskey}, {forged.sign({forged.key()})});
  expect(DnsSecurity::bogus, "no key of a.example. is the one that is trusted", prove(kWww, {forged.sign({kAddress})}));
  put({"a.example.", DnsType::dnskey}, {forged.sign({a.key(), forged.key()})});
  expect(DnsSecurity::bogus, "DNSKEY a.example. does not hold", prove(kWww, {forged.sign({kAddress})}));
  put({"a.example.", DnsType::ds}, {forged.sign({forged.ds()})});
  expect(DnsSecurity::bogus, "DS a.example. is signed by a.example., which may not",
         prove(kWww, {forged.sign({kAddress})}));
}

TEST_F(DnsChainTest, WithoutAnAnchorOrADelegationNothingIsKnown) {
  put({"a.example.", DnsType::ds}, {});
  expect(DnsSecurity::indeterminate, "names no key of it", prove(kWww, {a.sign({kAddress})}));
  anchors_ = {"other. IN DS 1 13 2 " + std::string(64, 'A')};
  expect(DnsSecurity::indeterminate, "no trust anchor is a.example. or above it", prove(kWww, {a.sign({kAddress})}));
}

TEST_F(DnsChainTest, WhatIsNoMessageIsNotAskedForTwice) {
  messages_["DNSKEYexample."] = {1, 2, 3};
  expect(DnsSecurity::indeterminate, "no message in answer to DNSKEY example.", prove(kWww, {a.sign({kAddress})}));
}

TEST_F(DnsChainTest, AbsenceIsProvedByWhatIsSignedOfTheGap) {
  const auto type = a.sign({"www.a.example. 60 IN NSEC z.a.example. A RRSIG NSEC"});
  const auto gap = a.sign({"a.example. 60 IN NSEC www.a.example. NS SOA RRSIG NSEC DNSKEY"});
  EXPECT_EQ(prove({"www.a.example.", kMx}, {.authority = type}), DnsProof());
  EXPECT_EQ(prove({"b.a.example.", DnsType::a}, {.authority = gap, .rcode = LDNS_RCODE_NXDOMAIN}), DnsProof());
  expect(DnsSecurity::indeterminate, "does not say that there is no A www.a.example.",
         prove(kWww, {.authority = type}));
  expect(DnsSecurity::indeterminate, "does not say that there is no A zz.a.example.",
         prove({"zz.a.example.", DnsType::a}, {.authority = gap, .rcode = LDNS_RCODE_NXDOMAIN}));
  expect(DnsSecurity::indeterminate, "nothing that is signed says", prove({"www.a.example.", kMx}, {}));
  expect(DnsSecurity::indeterminate, "NSEC www.a.example. is not signed",
         prove({"www.a.example.", kMx}, {.authority = {type[0]}}));
}

TEST_F(DnsChainTest, ADelegationSaysNothingOfTheNamesBelowIt) {
  const auto delegation = example.sign({"a.example. 60 IN NSEC z.example. NS DS RRSIG NSEC"});
  const auto apex = example.sign({"example. 60 IN NSEC a.example. NS SOA RRSIG NSEC DNSKEY"});
  expect(DnsSecurity::indeterminate, "does not say",
         prove(kWww, {.authority = delegation + apex, .rcode = LDNS_RCODE_NXDOMAIN}));
}

TEST_F(DnsChainTest, AWildcardStandsOnlyWhereNoNearerNameIs) {
  auto wild = a.sign({"*.a.example. 60 IN A 192.0.2.9"});
  const auto as = [&wild](const std::string& name) {
    auto copy = wild;
    for (auto& text : copy) text.replace(0, text.find('\t') < text.find(' ') ? text.find('\t') : text.find(' '), name);
    return copy;
  };
  const auto gap = a.sign({"a.example. 60 IN NSEC www.a.example. NS SOA RRSIG NSEC DNSKEY"});
  EXPECT_EQ(
      prove({"x.a.example.", DnsType::a}, {as("x.a.example."), a.sign({"www.a.example. 60 IN NSEC z.a.example. A"})}),
      DnsProof());
  expect(DnsSecurity::indeterminate, "nothing that is signed says", prove(kWww, {as("www.a.example.")}));
  expect(DnsSecurity::indeterminate, "does not say that a wildcard may stand for www.a.example.",
         prove(kWww, {as("www.a.example."), gap}));
}

TEST_F(DnsChainTest, AbsenceByHashesIsBounded) {
  const std::string hash(32, 'a');
  const auto slow = a.sign({hash + ".a.example. 60 IN NSEC3 1 0 151 - " + std::string(32, 'b') + " A RRSIG"});
  expect(DnsSecurity::indeterminate, "too long to be checked",
         prove({"b.a.example.", DnsType::a}, {.authority = slow}));
}

TEST(DnsAnchor, IsADsOrADnskeyRecord) {
  for (const auto& anchor : dns_root_anchors()) EXPECT_TRUE(is_dns_anchor(anchor)) << anchor;
  for (const char* none : {"", "example.org", "example. IN A 192.0.2.1", "example. DS 1 13 2 zz"}) {
    EXPECT_FALSE(is_dns_anchor(none)) << none;
  }
}

}  // namespace
}  // namespace holter::probe
