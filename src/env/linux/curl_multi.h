// CurlMulti drives libcurl with a loop: one multi handle, its sockets watched through Asio, its timer kept by the
// loop's clock, no thread and no poll of its own (curl_multi_socket_action(3)). libcurl calls back into it from within
// every curl_multi_* call, so nothing here calls libcurl from a callback.
//
// close() before the loop's io_context dies, since it owns sockets of Asio; transfers whose frames die later find it
// closed. Loop's thread.
#pragma once

#include <curl/curl.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include "env/clock.h"
#include "env/egress.h"
#include "env/task.h"

namespace holter::env_linux {

// One transfer, as the multi handle sees it.
class CurlTransferEnd {
 public:
  virtual ~CurlTransferEnd() = default;
  virtual void ended(CURLcode code) = 0;
  // A connection attempt was ended by an ICMP error.
  virtual void icmp_error(base::Error error) = 0;
};

class CurlMulti : public std::enable_shared_from_this<CurlMulti> {
 public:
  // Empty when libcurl has no memory. `clock` outlives the loop's frames.
  static std::shared_ptr<CurlMulti> create(const boost::asio::any_io_executor& executor, env::Clock& clock);
  ~CurlMulti();
  CurlMulti(const CurlMulti&) = delete;
  CurlMulti& operator=(const CurlMulti&) = delete;

  void close();
  base::Instant now() const { return clock_.now(); }

  // `end` stays until remove(). The handle's CURLOPT_PRIVATE must be `end`.
  bool add(CURL* easy, CurlTransferEnd& end);
  // Aborts what still runs.
  void remove(CURL* easy, CurlTransferEnd& end);

  // What CURLOPT_OPENSOCKETFUNCTION and CURLOPT_CLOSESOCKETFUNCTION do.
  base::Result<curl_socket_t> open_socket(const curl_sockaddr& address, const env::Egress& egress,
                                          CurlTransferEnd& owner);
  int close_socket(curl_socket_t fd);

 private:
  struct Watch;
  CurlMulti(const boost::asio::any_io_executor& executor, env::Clock& clock, CURLM* multi);

  static int on_socket(CURL* easy, curl_socket_t fd, int what, void* self, void* unused);
  static int on_timer(CURLM* multi, long timeout_ms, void* self);
  static env::Task<void> keep_time(std::shared_ptr<CurlMulti> self);
  static void wait(const std::shared_ptr<CurlMulti>& self, const std::shared_ptr<Watch>& watch, int direction);
  void act(curl_socket_t fd, int events);
  void act_if_due();

  boost::asio::any_io_executor executor_;
  env::Clock& clock_;
  CURLM* multi_;
  std::set<CURL*> transfers_;
  std::map<curl_socket_t, std::shared_ptr<Watch>> sockets_;
  base::Instant due_ = base::Instant::max();
  // When keep_time() looks again by itself. libcurl moves most of its timers before they come: only one that is earlier
  // wakes it, since waking costs more than looking in vain.
  base::Instant looks_at_ = base::Instant::max();
  env::Signal due_changed_;
};

}  // namespace holter::env_linux
