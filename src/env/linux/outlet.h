// Outlet passes text on to descriptors of this process (standard output, standard error) that may stall, because a
// pager waits for its person, without stalling the loop: the worker of an Offload waits for room and for close(), so
// that an ending program never hangs on a reader that does not read. One order for all: a descriptor that stalls holds
// up what was put behind it. The descriptors keep their flags, which belong to the shell as well. What nobody can read
// any more is dropped; create() makes the process ignore SIGPIPE.
//
// put() has no limit of its own: whoever puts much waits for drained() before more. Loop's thread; call close() before
// the loop ends.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "env/offload.h"
#include "env/task.h"

namespace holter::env_linux {

class Outlet {
 public:
  static base::Result<std::unique_ptr<Outlet>> create(const boost::asio::any_io_executor& executor,
                                                      env::Offload& offload);
  ~Outlet();
  Outlet(const Outlet&) = delete;
  Outlet& operator=(const Outlet&) = delete;

  void put(int fd, std::string_view text);
  // Bytes that were put and are not written.
  std::size_t waiting() const { return waiting_; }
  // Writes what is put until close().
  env::Task<void> run();
  // Returns when nothing waits.
  env::Task<void> drained();
  // What waits is dropped, run() returns soon.
  void close();

 private:
  class Closing;
  struct Piece {
    int fd;
    std::string text;
  };
  Outlet(const boost::asio::any_io_executor& executor, env::Offload& offload, std::shared_ptr<Closing> closing);

  env::Offload& offload_;
  std::shared_ptr<Closing> closing_;
  env::Signal changed_;
  std::deque<Piece> pieces_;
  std::size_t waiting_ = 0;
  bool closed_ = false;
};

}  // namespace holter::env_linux
