#include "wire/application/tls_hello.h"

#include <algorithm>

#include "wire/application/tls_fields.h"
#include "wire/application/tls_fingerprint.h"

namespace holter::wire {
namespace {

constexpr std::uint8_t kClientHello = 1;
constexpr unsigned kDraft = 0x7f;
constexpr std::array<std::uint16_t, kTlsExtensionCount> kTypes{0, 10, 11, 13, 16, 43, 51};
constexpr const TlsFields& f = kTlsFields;

void list_each16(const FieldInfo& field, Cursor list, Steps& steps, FieldList& out) {
  while (list.left() != 0 && steps.take()) {
    const std::uint16_t value = list.u16();
    if (list.ok()) out.number(field, value);
  }
}

void list_each8(const FieldInfo& field, Cursor list, Steps& steps, FieldList& out) {
  while (list.left() != 0 && steps.take()) {
    const std::uint8_t value = list.u8();
    if (list.ok()) out.number(field, value);
  }
}

void list_types(Cursor list, Steps& steps, FieldList& out) {
  while (list.left() != 0 && steps.take()) {
    const std::uint16_t type = list.u16();
    if (list.ok()) out.number(f.extension, type);
    list.part16();
  }
}

// The first name of type host_name (RFC 6066, 3).
void list_server_name(Cursor names, Steps& steps, FieldList& out) {
  while (names.left() != 0 && steps.take()) {
    const std::uint8_t type = names.u8();
    const Bytes name = names.bytes(names.u16());
    if (!names.ok() || type != 0) continue;
    return out.data(f.sni, name);
  }
}

void list_alpn(Cursor protocols, Steps& steps, FieldList& out) {
  while (protocols.left() != 0 && steps.take()) {
    const Bytes protocol = protocols.bytes(protocols.u8());
    if (protocols.ok()) out.data(f.alpn, protocol);
  }
}

// A client gives keys, a server one, and a HelloRetryRequest a group alone (RFC 8446, 4.2.8).
void list_key_shares(const TlsHello& hello, Steps& steps, FieldList& out) {
  if (!hello.is_client) {
    Cursor share = hello.of(TlsExtension::key_share);
    const std::uint16_t group = share.u16();
    if (share.ok()) out.number(f.key_share_group, group);
    return;
  }
  Cursor shares = hello.list_of(TlsExtension::key_share);
  while (shares.left() != 0 && steps.take()) {
    const std::uint16_t group = shares.u16();
    if (shares.ok()) out.number(f.key_share_group, group);
    shares.part16();
  }
}

void list_extensions(const TlsHello& hello, Steps& steps, FieldList& out) {
  list_types(hello.extensions, steps, out);
  if (hello.is_client) list_server_name(hello.list_of(TlsExtension::server_name), steps, out);
  list_alpn(hello.list_of(TlsExtension::alpn), steps, out);
  const Cursor versions =
      hello.is_client ? hello.list_of(TlsExtension::supported_versions) : hello.of(TlsExtension::supported_versions);
  list_each16(f.supported_version, versions, steps, out);
  list_each16(f.supported_group, hello.list_of(TlsExtension::supported_groups), steps, out);
  list_each8(f.point_format, hello.list_of(TlsExtension::point_formats), steps, out);
  list_each16(f.signature_algorithm, hello.list_of(TlsExtension::signature_algorithms), steps, out);
  list_key_shares(hello, steps, out);
}

}  // namespace

std::array<Cursor, kTlsExtensionCount> TlsHello::no_data() {
  const Cursor none{Window()};
  return {none, none, none, none, none, none, none};
}

Cursor TlsHello::list_of(TlsExtension extension) const {
  const bool one_byte =
      extension == TlsExtension::point_formats || (extension == TlsExtension::supported_versions && is_client);
  Cursor whole = of(extension);
  if (whole.left() == 0) return whole;
  return one_byte ? whole.part8() : whole.part16();
}

TlsHello TlsHello::read(Cursor message, Steps& steps) {
  TlsHello hello;
  hello.is_client = message.u8() == kClientHello;
  message.u24();
  hello.version = message.u16();
  hello.random = message.bytes(32);
  // The drafts of TLS 1.3 had neither a session id nor a compression in what a server says.
  const bool draft = !hello.is_client && hello.version >> 8 == kDraft;
  if (!draft) hello.session_id = message.bytes(message.u8());
  hello.cipher_suites = hello.is_client ? message.part16() : message.part(2);
  hello.compressions = hello.is_client ? message.part8() : message.part(draft ? 0 : 1);
  if (message.left() != 0) hello.extensions = message.part16();
  Cursor list = hello.extensions;
  while (list.left() != 0 && steps.take()) {
    const auto known = std::ranges::find(kTypes, list.u16());
    const Cursor value = list.part16();
    if (list.ok() && known != kTypes.end()) hello.data[static_cast<std::size_t>(known - kTypes.begin())] = value;
  }
  hello.lied = message.lied() || list.lied();
  return hello;
}

void list_tls_hello(Cursor message, Carrier carrier, Steps& steps, FieldList& out) {
  const TlsHello hello = TlsHello::read(message, steps);
  if (hello.lied) out.flaw(Anomaly::malformed_payload);
  if (hello.random.empty()) return;
  out.number(f.hello_version, hello.version);
  out.data(f.random, hello.random);
  out.number(f.session_id_length, hello.session_id.size());
  if (!hello.session_id.empty()) out.data(f.session_id, shown(hello.session_id));
  list_each16(f.cipher_suite, hello.cipher_suites, steps, out);
  list_each8(f.compression, hello.compressions, steps, out);
  list_extensions(hello, steps, out);
  // What was cut has no fingerprint.
  if (hello.lied || message.all().size() < message.at() + message.left()) return;
  list_tls_fingerprints(hello, carrier, out);
}

}  // namespace holter::wire
