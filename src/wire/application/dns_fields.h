// What a DNS message says, field by field; mDNS and LLMNR have the same. Constants; any thread.
#pragma once

#include "wire/field.h"

namespace holter::wire {

struct DnsFields {
  FieldInfo length{"length", FieldType::number, "of the message, as TCP has it in front"};
  FieldInfo id{"id", FieldType::number, "what an answer is matched to its question by"};
  FieldInfo flags{"flags", FieldType::number, "all sixteen bits"};
  FieldInfo response{"response", FieldType::flag, "an answer, not a question"};
  FieldInfo opcode{"opcode", FieldType::number, "0 is a query, 4 NOTIFY, 5 UPDATE"};
  FieldInfo authoritative{"authoritative", FieldType::flag, "by who has the zone"};
  FieldInfo conflict{"conflict", FieldType::flag, "LLMNR: more than one answered before"};
  FieldInfo truncated{"truncated", FieldType::flag, "did not fit: ask over TCP"};
  FieldInfo recursion_desired{"recursion_desired", FieldType::flag, "please ask others too"};
  FieldInfo tentative{"tentative", FieldType::flag, "LLMNR: the name is still being claimed"};
  FieldInfo recursion_available{"recursion_available", FieldType::flag, "asks others too"};
  FieldInfo z{"z", FieldType::flag, "reserved"};
  FieldInfo authenticated{"authenticated", FieldType::flag, "verified by DNSSEC, says the resolver"};
  FieldInfo checking_disabled{"checking_disabled", FieldType::flag, "answer without verifying"};
  FieldInfo rcode{"rcode", FieldType::number, "0 is no error, 2 SERVFAIL, 3 NXDOMAIN, 5 REFUSED"};
  FieldInfo question_count{"question_count", FieldType::number, "as the header says"};
  FieldInfo answer_count{"answer_count", FieldType::number, "as the header says"};
  FieldInfo authority_count{"authority_count", FieldType::number, "as the header says"};
  FieldInfo additional_count{"additional_count", FieldType::number, "as the header says"};

  FieldInfo question{"question", FieldType::group, "what is asked", Occurs::often};
  FieldInfo question_name{"question.name", FieldType::text, "without the last dot; the root is \".\""};
  FieldInfo question_type{"question.type", FieldType::number, "1 is A, 28 AAAA, 12 PTR"};
  FieldInfo question_class{"question.class", FieldType::number, "1 is the Internet"};
  FieldInfo question_unicast{"question.unicast", FieldType::flag, "mDNS: an answer to the asker alone will do"};

  FieldInfo record{"record", FieldType::group, "a record of any section", Occurs::often};
  FieldInfo section{"record.section", FieldType::word, "answer, authority or additional"};
  FieldInfo name{"record.name", FieldType::text, "whose data this is"};
  FieldInfo type{"record.type", FieldType::number, "1 is A, 28 AAAA, 5 CNAME, 41 OPT"};
  FieldInfo record_class{"record.class", FieldType::number, "1 is the Internet"};
  FieldInfo cache_flush{"record.cache_flush", FieldType::flag, "mDNS: forget what you knew of this name and type"};
  FieldInfo ttl{"record.ttl", FieldType::number, "seconds"};
  FieldInfo data_length{"record.data_length", FieldType::number, "bytes"};
  FieldInfo a{"record.a", FieldType::address, "IPv4 address"};
  FieldInfo aaaa{"record.aaaa", FieldType::address, "IPv6 address"};
  FieldInfo cname{"record.cname", FieldType::text, "the name that this one stands for"};
  FieldInfo dname{"record.dname", FieldType::text, "the tree of names that this one stands for"};
  FieldInfo ns{"record.ns", FieldType::text, "who has the zone"};
  FieldInfo ptr{"record.ptr", FieldType::text, "the name of an address, or of an instance"};
  FieldInfo mx_preference{"record.mx_preference", FieldType::number, "the lowest is tried first"};
  FieldInfo mx{"record.mx", FieldType::text, "who takes mail"};
  FieldInfo txt{"record.txt", FieldType::text, "one of its strings", Occurs::often};
  FieldInfo soa_mname{"record.soa_mname", FieldType::text, "the primary of the zone"};
  FieldInfo soa_rname{"record.soa_rname", FieldType::text, "the mailbox of who keeps it"};
  FieldInfo soa_serial{"record.soa_serial", FieldType::number, "the zone's version"};
  FieldInfo soa_refresh{"record.soa_refresh", FieldType::number, "seconds"};
  FieldInfo soa_retry{"record.soa_retry", FieldType::number, "seconds"};
  FieldInfo soa_expire{"record.soa_expire", FieldType::number, "seconds"};
  FieldInfo soa_minimum{"record.soa_minimum", FieldType::number, "seconds that an absence is remembered"};
  FieldInfo srv_priority{"record.srv_priority", FieldType::number, "the lowest is tried first"};
  FieldInfo srv_weight{"record.srv_weight", FieldType::number, "share among equals"};
  FieldInfo srv_port{"record.srv_port", FieldType::number, "where it listens"};
  FieldInfo srv_target{"record.srv_target", FieldType::text, "the host"};
  FieldInfo hinfo_cpu{"record.hinfo_cpu", FieldType::text, "the host's CPU"};
  FieldInfo hinfo_os{"record.hinfo_os", FieldType::text, "the host's system"};
  FieldInfo naptr_order{"record.naptr_order", FieldType::number, "RFC 3403"};
  FieldInfo naptr_preference{"record.naptr_preference", FieldType::number, "among those of one order"};
  FieldInfo naptr_flags{"record.naptr_flags", FieldType::text, "what the result is"};
  FieldInfo naptr_service{"record.naptr_service", FieldType::text, "which service this leads to"};
  FieldInfo naptr_regexp{"record.naptr_regexp", FieldType::text, "how to rewrite"};
  FieldInfo naptr_replacement{"record.naptr_replacement", FieldType::text, "the next name"};
  FieldInfo caa_flags{"record.caa_flags", FieldType::number, "128 is critical"};
  FieldInfo caa_tag{"record.caa_tag", FieldType::text, "issue, issuewild, iodef"};
  FieldInfo caa_value{"record.caa_value", FieldType::text, "who may issue certificates"};
  FieldInfo ds_key_tag{"record.ds_key_tag", FieldType::number, "of the key below"};
  FieldInfo ds_algorithm{"record.ds_algorithm", FieldType::number, "8 is RSA with SHA-256, 13 ECDSA P-256"};
  FieldInfo ds_digest_type{"record.ds_digest_type", FieldType::number, "2 is SHA-256"};
  FieldInfo ds_digest{"record.ds_digest", FieldType::bytes, "of the key below"};
  FieldInfo dnskey_flags{"record.dnskey_flags", FieldType::number, "256 signs the zone, 257 its keys"};
  FieldInfo dnskey_protocol{"record.dnskey_protocol", FieldType::number, "always 3"};
  FieldInfo dnskey_algorithm{"record.dnskey_algorithm", FieldType::number, "8 is RSA with SHA-256, 13 ECDSA P-256"};
  FieldInfo rrsig_type_covered{"record.rrsig_type_covered", FieldType::number, "the type that is signed"};
  FieldInfo rrsig_algorithm{"record.rrsig_algorithm", FieldType::number, "8 is RSA with SHA-256, 13 ECDSA P-256"};
  FieldInfo rrsig_labels{"record.rrsig_labels", FieldType::number, "of the name, without a wildcard"};
  FieldInfo rrsig_original_ttl{"record.rrsig_original_ttl", FieldType::number, "seconds"};
  FieldInfo rrsig_expiration{"record.rrsig_expiration", FieldType::number, "seconds since 1970, modulo 2^32"};
  FieldInfo rrsig_inception{"record.rrsig_inception", FieldType::number, "seconds since 1970, modulo 2^32"};
  FieldInfo rrsig_key_tag{"record.rrsig_key_tag", FieldType::number, "of the key that signed"};
  FieldInfo rrsig_signer{"record.rrsig_signer", FieldType::text, "the zone that signed"};
  FieldInfo nsec_next{"record.nsec_next", FieldType::text, "the next name that exists"};
  FieldInfo nsec3_algorithm{"record.nsec3_algorithm", FieldType::number, "1 is SHA-1"};
  FieldInfo nsec3_flags{"record.nsec3_flags", FieldType::number, "1 leaves unsigned delegations out"};
  FieldInfo nsec3_iterations{"record.nsec3_iterations", FieldType::number, "how often it is hashed again"};
  FieldInfo tlsa_usage{"record.tlsa_usage", FieldType::number, "RFC 6698; 3 is this certificate"};
  FieldInfo tlsa_selector{"record.tlsa_selector", FieldType::number, "0 is all of it, 1 its key"};
  FieldInfo tlsa_matching{"record.tlsa_matching", FieldType::number, "0 is as it is, 1 SHA-256"};
  FieldInfo sshfp_algorithm{"record.sshfp_algorithm", FieldType::number, "4 is Ed25519"};
  FieldInfo sshfp_type{"record.sshfp_type", FieldType::number, "2 is SHA-256"};
  FieldInfo svcb_priority{"record.svcb_priority", FieldType::number, "of SVCB and HTTPS; 0 is an alias"};
  FieldInfo svcb_target{"record.svcb_target", FieldType::text, "\".\" is the name itself"};
  FieldInfo svcb_key{"record.svcb_key", FieldType::number, "of a parameter: 1 is ALPN, 4 and 6 addresses",
                     Occurs::often};
  FieldInfo svcb_alpn{"record.svcb_alpn", FieldType::text, "a protocol that is offered", Occurs::often};
  FieldInfo edns_udp_size{"record.edns_udp_size", FieldType::number, "bytes of a datagram that will be taken"};
  FieldInfo edns_extended_rcode{"record.edns_extended_rcode", FieldType::number, "the upper eight bits of the rcode"};
  FieldInfo edns_version{"record.edns_version", FieldType::number, "0"};
  FieldInfo edns_do{"record.edns_do", FieldType::flag, "signatures are wanted"};
  FieldInfo edns_option{"record.edns_option", FieldType::group, "an option of EDNS", Occurs::often};
  FieldInfo edns_option_code{"record.edns_option.code", FieldType::number, "8 is the asker's net, 10 a cookie"};
  FieldInfo edns_option_length{"record.edns_option.length", FieldType::number, "bytes"};
  FieldInfo edns_option_data{"record.edns_option.data", FieldType::bytes, "the first 64"};
  FieldInfo data{"record.data", FieldType::bytes, "of a type that is not read further: the first 64"};
};
inline constexpr DnsFields kDnsFields;

}  // namespace holter::wire
