// DnsChain proves an answer by its signatures (RFC 4035), from the answer up to a trust anchor, with what the resolver
// says of the zones between: it names the questions that are still to be asked and takes their answers. What it proves
// is that the zones' owners signed this; the resolver need not be trusted, only to say everything.
//
//   secure         every record of the way to the answer, or its absence, is signed, up to an anchor
//   bogus          a signature is there and does not hold, or the zone above names another key
//   indeterminate  there is no signature, no anchor above it, nothing that says that there is no more, or something was
//                  not to be had. Whether the zone should have been signed is not looked at: an unsigned zone and
//                  removed signatures look alike
//
// Bounds: 16 zones, 32 questions, 16 keys of a zone, 4 signatures of a set of records, 256 tries of a signature, 150
// iterations of NSEC3 (RFC 9276). Absence by NSEC3 is checked as libldns does. A DNAME's aliases are not proved. Pure.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/byte_reader.h"
#include "base/time.h"
#include "probe/dns/message.h"

namespace holter::probe {

enum class DnsSecurity : std::uint8_t { secure, bogus, indeterminate };
std::string_view to_string(DnsSecurity security);

struct DnsProof {
  DnsSecurity security = DnsSecurity::secure;
  std::string why;  // empty when secure

  friend bool operator==(const DnsProof&, const DnsProof&) = default;
};

// Whether the text is a DS or DNSKEY record: "example.org. DS 12345 13 2 49FD..."
bool is_dns_anchor(const std::string& text);
// Those of the root (https://www.iana.org/dnssec/files).
std::span<const std::string> dns_root_anchors();

class DnsChain {
 public:
  // `answer` is to `question`; signatures must hold at `now`.
  DnsChain(std::span<const std::string> anchors, DnsQuestion question, base::Bytes answer, base::WallTime now);
  ~DnsChain();

  // What is still to be asked of the resolver, with signatures; empty: proof() is there.
  std::optional<DnsQuestion> wanted();
  // An answer that parse_dns_answer() takes.
  void take(const DnsQuestion& question, base::Bytes answer);
  const DnsProof& proof() const;

 private:
  class Prover;
  std::unique_ptr<Prover> prover_;
};

}  // namespace holter::probe
