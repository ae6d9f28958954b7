#include "wire/application/stream_names.h"

#include <array>

#include "wire/application/dns_fields.h"
#include "wire/application/http_fields.h"
#include "wire/application/tls_fields.h"

namespace holter::wire {
namespace {

struct Row {
  const FieldInfo* field;
  base::Bytes StreamNames::* name;
};

constexpr auto kNames = std::to_array<Row>({
    {&kTlsFields.sni, &StreamNames::sni},
    {&kTlsFields.alpn, &StreamNames::alpn},
    {&kHttpFields.host, &StreamNames::http_host},
    {&kHttpFields.user_agent, &StreamNames::user_agent},
    {&kDnsFields.question_name, &StreamNames::dns_name},
    {&kTlsFields.ja3, &StreamNames::ja3},
    {&kTlsFields.ja4, &StreamNames::ja4},
});

bool is_service(Protocol layer) {
  switch (layer) {
    case Protocol::dns:
    case Protocol::mdns:
    case Protocol::llmnr:
    case Protocol::dhcp:
    case Protocol::dhcpv6:
    case Protocol::ntp:
    case Protocol::tls:
    case Protocol::http:
    case Protocol::quic:
    case Protocol::ssh:
    case Protocol::hsrp: return true;
    default: return false;
  }
}

}  // namespace

StreamNames names_of(const FieldList& fields) {
  StreamNames names;
  bool inside = false;  // of a layer of an application
  for (const FieldEntry& entry : fields.entries()) {
    if (entry.mark == FieldEntry::Mark::layer) {
      inside = is_service(entry.layer);
      if (inside && names.service.empty()) names.service = to_string(entry.layer);
    }
    if (!inside || entry.mark != FieldEntry::Mark::value) continue;
    for (const Row& row : kNames) {
      if (row.field == entry.field && (names.*row.name).empty()) names.*row.name = entry.data();
    }
  }
  return names;
}

}  // namespace holter::wire
