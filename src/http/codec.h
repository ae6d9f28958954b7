// HTTP/1.1 bytes to values and back, on Boost.Beast's parsers and serializers, fed by hand: no Asio stream is
// instantiated, so this is the only unit that pays for Beast, and the same code serves sockets and the simulator.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "base/byte_reader.h"
#include "base/result.h"
#include "http/message.h"

namespace holter::http {

inline constexpr std::size_t kMaxHeaderBytes = 16 * 1024;
inline constexpr std::size_t kKeptRequestBody = 100 * 1024;  // what is behind is read and forgotten
inline constexpr std::size_t kMaxRequestBody = 16 * 1024 * 1024;
inline constexpr std::size_t kMaxResponseBody = 64 * 1024 * 1024;

// Collects bytes until one request is whole; then take() gives it and the parser starts over with what is left.
class RequestParser {
 public:
  RequestParser();
  ~RequestParser();

  // Feeds bytes as they came. An error is final: answer 400 (invalid) or 413 (too_large) and close.
  base::Result<void> feed(base::Bytes bytes);
  // True between the first byte of a request and its last.
  bool in_message() const;
  // True once when the peer waits to be told to send its body (RFC 9110, section 10.1.1).
  bool take_expectation();
  // The path is empty when the request's target cannot be understood: answer 400. What is behind a request may be
  // broken: once there is nothing to take, ask ok().
  std::optional<Request> take();
  base::Result<void> ok() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// The whole response, head and body, or the head alone.
std::string serialize(const Response& response, bool keep_alive);
// The head of a response whose body ends with the connection.
std::string stream_head(const std::string& content_type);

// The client's side, for the control socket: a request for `path`, and its answer's status and body.
std::string serialize_request(const std::string& method, const std::string& path);

class ResponseParser {
 public:
  explicit ResponseParser(std::size_t max_body_bytes = kMaxResponseBody);
  ~ResponseParser();

  base::Result<void> feed(base::Bytes bytes);
  void end_of_stream();
  bool is_done() const;
  // Meaningful once is_done(): status, content type, headers and body.
  Response take();

  // For an answer that is used while it comes: 0 until the head is whole, then its status; and what has arrived of the
  // body since the last call. Its size has no limit then.
  int status() const;
  std::string take_body();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// "Not Found"; empty for a status that no standard names.
std::string_view reason_phrase(int status);

// "%41+b" -> "A b" in queries; in paths '+' stays. Empty when an escape is broken.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space);

}  // namespace holter::http
