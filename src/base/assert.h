// HOLTER_ASSERT marks what cannot happen unless holter itself is wrong. It stays on in release builds: a recorder that
// goes on with a broken invariant would write lies. Never use it on anything a packet, a peer, a file or a user can
// influence; those are base::Result (see result.h).
#pragma once

namespace holter::base {

// Prints "file:line: assertion failed: text" to standard error and aborts. Async-signal-safe.
[[noreturn]] void assertion_failed(const char* file, int line, const char* text) noexcept;

}  // namespace holter::base

#define HOLTER_ASSERT(condition) \
  (static_cast<bool>(condition) ? void(0) : ::holter::base::assertion_failed(__FILE__, __LINE__, #condition))
