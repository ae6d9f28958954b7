// Requests and responses as plain values: what a route sees. The bytes on the wire are codec.h's business.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip.h"
#include "base/result.h"
#include "base/time.h"
#include "env/task.h"

namespace holter::http {

// Who asks: a socket of the network or the control socket of this host, whose file mode admits the owner and root only.
enum class Origin : std::uint8_t { network, control };

struct Request {
  std::string method;                          // "GET"
  std::string path;                            // decoded, without the query: "/api/v1/results"; empty: not understood
  std::map<std::string, std::string> query;    // decoded; the last of equal names counts
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;  // its first kKeptRequestBody bytes (codec.h)
  Origin origin = Origin::network;
  base::Endpoint peer = {};  // 0.0.0.0:0 over the control socket
  bool keep_alive = true;

  std::string_view header(const std::string& lower_case_name) const;
};

// Where a streaming response writes its text/event-stream. send() waits for the peer to take it and fails when it is
// gone or slower than the write deadline.
class EventWriter {
 public:
  virtual ~EventWriter() = default;
  // One event; `data` must hold no line break (JSON does not).
  virtual env::Task<base::Result<void>> send(std::string event, std::string data) = 0;
};

using EventStream = std::function<env::Task<void>(EventWriter&)>;

// Where a body that is made while it is sent is written, piece by piece; write() as EventWriter's send(). Its end is
// that of the connection, so a body whose cut must be noticed says by itself when it is whole.
class BodyWriter {
 public:
  virtual ~BodyWriter() = default;
  virtual env::Task<base::Result<void>> write(std::string piece) = 0;
};

using BodyStream = std::function<env::Task<void>(BodyWriter&)>;

struct Response {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  bool head_only = false;                        // to HEAD: the body's length is told, the body is not sent
  EventStream events;                            // when set, `body` is ignored and the connection ends with the stream
  BodyStream stream;                             // the same with a body of `content_type`
  std::optional<base::Duration> piece_deadline;  // for the peer to take one piece; absent: the server's
};

// One event of a text/event-stream; `data` holds no line break.
std::string event_text(std::string_view event, std::string_view data);

Response json_response(std::string json, int status = 200);
// {"error":{"kind":"not_found","message":"..."}} with the status that fits the kind (docs/reference.md).
Response error_response(const base::Error& error);
int status_of(base::ErrorKind kind);

}  // namespace holter::http
