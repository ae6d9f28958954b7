// Fingerprints of TLS hellos, out of what they offer and in which order: JA3 and JA3S (MD5 over a list of numbers,
// github.com/salesforce/ja3) and JA4 (github.com/FoxIO-LLC/ja4, technical_details/JA4.md; the TLS client fingerprint,
// which is free for all use). GREASE values (RFC 8701) are left out. A hello with more than 512 cipher suites or
// extensions, or a list longer than 8 KiB, has none. Heap for the text while it is made: once a connection.
#pragma once

#include <optional>
#include <string>

#include "wire/application/tls_hello.h"

namespace holter::wire {

std::optional<std::string> ja3_string(const TlsHello& client);
std::optional<std::string> ja3s_string(const TlsHello& server);
std::optional<std::string> ja4(const TlsHello& client, Carrier carrier);

void list_tls_fingerprints(const TlsHello& hello, Carrier carrier, FieldList& fields);

}  // namespace holter::wire
