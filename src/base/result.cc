#include "base/result.h"

#include "base/assert.h"

namespace holter::base {

std::string_view to_string(ErrorKind kind) noexcept {
  switch (kind) {
    case ErrorKind::invalid: return "invalid";
    case ErrorKind::not_found: return "not_found";
    case ErrorKind::exists: return "exists";
    case ErrorKind::permission: return "permission";
    case ErrorKind::busy: return "busy";
    case ErrorKind::timeout: return "timeout";
    case ErrorKind::refused: return "refused";
    case ErrorKind::unreachable: return "unreachable";
    case ErrorKind::closed: return "closed";
    case ErrorKind::would_block: return "would_block";
    case ErrorKind::too_large: return "too_large";
    case ErrorKind::full: return "full";
    case ErrorKind::corrupt: return "corrupt";
    case ErrorKind::newer_version: return "newer_version";
    case ErrorKind::unsupported: return "unsupported";
    case ErrorKind::io: return "io";
  }
  return "unknown";
}

Error with_context(std::string_view context, Error error) {
  error.message.insert(0, std::string(context) + ": ");
  return error;
}

std::string to_string(const Error& error) { return std::string(to_string(error.kind)) + ": " + error.message; }

void throw_exception_from_error(const Error& error, const boost::source_location& where) {
  assertion_failed(where.file_name(), static_cast<int>(where.line()), error.message.c_str());
}

}  // namespace holter::base
