// What is wrong with an expression, and where: a span of its bytes and a sentence. explain_mistake() draws both. Every
// text that these hold or make is safe for a terminal. Pure.
#pragma once

#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>
#include <cstddef>
#include <string>
#include <string_view>

namespace holter::filter {

// Bytes begin..end of the expression; empty spans stand before `begin`.
struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;

  friend bool operator==(const Span&, const Span&) = default;
};

struct Mistake {
  Span span;
  std::string message;

  friend bool operator==(const Mistake&, const Mistake&) = default;
};

template <class T>
using Compiled = boost::system::result<T, Mistake>;

// The message, and below it the expression (a part of a long one) with carets under the span:
//
//   there is no field 'tcp.dst_prot'; did you mean 'tcp.dst_port'?
//     tcp.dst_prot == 443
//     ^^^^^^^^^^^^
std::string explain_mistake(std::string_view expression, const Mistake& mistake);

// A piece of an expression in quotes, for messages; long ones are cut.
std::string in_quotes(std::string_view piece);

// Called by Boost when a failed result is asked for its value.
[[noreturn]] void throw_exception_from_error(const Mistake& mistake, const boost::source_location& where);

}  // namespace holter::filter
