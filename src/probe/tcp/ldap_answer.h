// The answer to LDAP's StartTLS (RFC 4511, 4.14): an ExtendedResponse in BER, of which the result and the words for a
// person are read. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/byte_reader.h"
#include "base/result.h"

namespace holter::probe {

struct LdapAnswer {
  std::uint8_t result = 0;  // 0: success
  std::string diagnostic;   // bytes of the peer
  std::size_t size = 0;     // of the whole message
};

// The request, with message id 1.
std::string ldap_starttls();

// Empty: the message is not all there. ErrorKind::corrupt: it is no ExtendedResponse.
base::Result<std::optional<LdapAnswer>> parse_ldap_answer(base::Bytes bytes);

}  // namespace holter::probe
