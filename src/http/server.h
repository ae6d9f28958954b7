// Server answers HTTP/1.1 on listeners of the network and of the control socket, with one router for both. Slow or
// silent peers are ended by deadlines, and sooner when their place is needed (seats.h); connections beyond the limit
// are answered 503. Answers that peers do not take are bounded as a whole. All of it is counted. One loop.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "env/env.h"
#include "http/guard.h"
#include "http/router.h"
#include "http/seats.h"

namespace holter::http {

struct ServerOptions {
  std::size_t max_connections = 256;
  base::Duration request_deadline = base::Duration::seconds(10);  // from a request's first byte to its last
  base::Duration idle_deadline = base::Duration::seconds(60);     // between requests on one connection
  base::Duration write_deadline = base::Duration::seconds(20);    // for the peer to take one response or event
  std::size_t waiting_bytes = 128 * 1024 * 1024;                  // of answers not taken yet; one may be larger
  GuardOptions guard;
};

struct ServerCounters {
  std::uint64_t requests = 0;
  std::uint64_t refused = 0;     // by the guard
  std::uint64_t given_up = 0;    // idle or slow, when their place was needed
  std::uint64_t overflowed = 0;  // over max_connections or waiting_bytes: answered 503
  std::uint64_t timed_out = 0;
  std::uint64_t malformed = 0;
};

class Server {
 public:
  // `router` must outlive the server.
  Server(env::Env env, ServerOptions options, const Router& router);
  ~Server();

  // Serves until the listener closes or the task is cancelled. Call once for each listener.
  env::Task<void> serve(std::unique_ptr<env::Listener> listener, Origin origin);
  // Ends every connection. Cancel what serves first; the server may be destroyed after it, and with its loop.
  env::Task<void> stop();
  const ServerCounters& counters() const { return counters_; }
  std::size_t connections() const { return connections_.running(); }

 private:
  env::Task<void> converse(std::unique_ptr<env::ByteStream> stream, Origin origin);
  // One request and its answer; false when the connection is over.
  env::Task<bool> exchange(env::ByteStream& stream, Seat& seat, class RequestParser& parser, Origin origin);
  env::Task<Response> answer(Request request);
  env::Task<bool> write_answer(env::ByteStream& stream, Seat& seat, Response response, bool keep_alive);
  env::Task<base::Result<Request>> read_request(env::ByteStream& stream, class RequestParser& parser);
  env::Task<void> turn_away(std::unique_ptr<env::ByteStream> stream);
  env::Task<void> say_last(env::ByteStream& stream, std::string text);
  env::Task<base::Result<void>> write(env::ByteStream& stream, std::string text);
  // The head, then what its stream writes, until that ends or the peer goes away.
  env::Task<void> stream_body(env::ByteStream& stream, Response response);

  env::Env env_;
  ServerOptions options_;
  const Router& router_;
  ServerCounters counters_;
  std::shared_ptr<Seats> seats_ = std::make_shared<Seats>();
  std::shared_ptr<std::size_t> waiting_bytes_ = std::make_shared<std::size_t>(0);
  env::TaskGroup connections_;
  env::TaskGroup turned_away_;
};

}  // namespace holter::http
