// Errors are values. A function that a peer, a file, a user or the kernel can make fail returns Result<T>; nothing
// throws across a suspension. Result is Boost's result<T, E> with holter's own Error:
//
//   Result<File> open(std::string path);
//   auto file = open(path);
//   if (!file) return file.error();
//   use(*file);
//
// Asking a failed Result for its value is a defect of holter and ends in HOLTER_ASSERT, never in an exception.
#pragma once

#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace holter::base {

// What a caller may want to tell apart. The table for people is docs/reference.md.
enum class ErrorKind : unsigned char {
  invalid,        // the input is wrong and will stay wrong
  not_found,      // no such file, name, host, interface
  exists,         // it is there already
  permission,     // not allowed to
  busy,           // somebody else holds it
  timeout,        // the deadline passed
  refused,        // the peer said no
  unreachable,    // no way to the peer
  closed,         // the other end, or we, closed it
  would_block,    // not now; nothing was done
  too_large,      // over a limit that holter sets
  full,           // no room: disk, queue, table
  corrupt,        // stored bytes are not what was written
  newer_version,  // written by a later holter
  unsupported,    // this kernel, file or peer cannot
  io,             // the device or the kernel failed
};

std::string_view to_string(ErrorKind kind) noexcept;

// What went wrong, in words that name the thing it happened to. `message` is for people and holds no bytes of a peer
// unless they went through UntrustedText.
struct Error {
  ErrorKind kind = ErrorKind::io;
  std::string message;

  friend bool operator==(const Error&, const Error&) = default;
};

template <class T = void>
using Result = boost::system::result<T, Error>;

// The same error with "context: " before its message.
Error with_context(std::string_view context, Error error);

// "timeout: 192.0.2.1 did not answer within 1 s"
std::string to_string(const Error& error);

// Called by Boost when a failed result is asked for its value.
[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location& where);

}  // namespace holter::base
