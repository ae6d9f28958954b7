// ClientHello and ServerHello of TLS (RFC 8446, 4.1), as records or QUIC carry them: a view of the message, and its
// fields. A view that ends early has what came before.
#pragma once

#include <array>

#include "wire/application/cursor.h"
#include "wire/field_list.h"
#include "wire/steps.h"

namespace holter::wire {

enum class Carrier : std::uint8_t { tcp, quic };

// The extensions that are read.
enum class TlsExtension : std::uint8_t {
  server_name,
  supported_groups,
  point_formats,
  signature_algorithms,
  alpn,
  supported_versions,
  key_share,
};
inline constexpr std::size_t kTlsExtensionCount = 7;

struct TlsHello {
  bool is_client = false;
  std::uint16_t version = 0;
  Bytes random;
  Bytes session_id;
  Cursor cipher_suites{Window()};  // two bytes each; of a ServerHello one
  Cursor compressions{Window()};
  Cursor extensions{Window()};  // type, length and data each
  std::array<Cursor, kTlsExtensionCount> data = no_data();
  bool lied = false;

  // The message with its header. Each extension takes a step.
  static TlsHello read(Cursor message, Steps& steps);

  const Cursor& of(TlsExtension extension) const { return data[static_cast<std::size_t>(extension)]; }
  // The list inside an extension's data: behind its own length, of one byte or of two.
  Cursor list_of(TlsExtension extension) const;

 private:
  static std::array<Cursor, kTlsExtensionCount> no_data();
};

// The hello and its fingerprints.
void list_tls_hello(Cursor message, Carrier carrier, Steps& steps, FieldList& fields);

}  // namespace holter::wire
