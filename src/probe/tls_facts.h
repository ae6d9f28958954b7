// What a handshake showed, as facts of a result and in words: the same for every kind that speaks TLS. Pure.
#pragma once

#include <string>

#include "env/tls.h"
#include "record/probe_result.h"

namespace holter::probe {

void note_tls(record::ProbeResult& result, const env::TlsFacts& tls);

// "TLSv1.3, certificate until 2026-12-01"
std::string tls_text(const env::TlsFacts& tls);

}  // namespace holter::probe
