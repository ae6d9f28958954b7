// StreamNames is what a conversation is told apart by: the service that its messages belong to, and the names that
// they give. Taken out of the list of fields of one packet; a conversation keeps the first of each that it sees.
// Texts are untrusted, and point where the list points. Value type.
#pragma once

#include "wire/field_list.h"

namespace holter::wire {

struct StreamNames {
  std::string_view service;  // a word of the program: "dns", "tls", "http"; empty when no message was listed
  base::Bytes sni;           // of a ClientHello, over QUIC too
  base::Bytes alpn;          // the first that is offered, or the chosen one
  base::Bytes http_host;
  base::Bytes user_agent;
  base::Bytes dns_name;  // of the first question
  base::Bytes ja3;
  base::Bytes ja4;
};

StreamNames names_of(const FieldList& fields);

}  // namespace holter::wire
