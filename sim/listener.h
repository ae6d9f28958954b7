// ListenerPort is a simulated listening socket, TCP or Unix: ends that were connected and not yet accepted, at most
// kListenBacklog; more are dropped as SYNs are, and tried again by their peers.
#pragma once

#include <deque>
#include <memory>
#include <string>

#include "sim/stream.h"

namespace holter::sim {

inline constexpr std::size_t kListenBacklog = 128;

class ListenerPort final : public env::Listener {
 public:
  // A TCP listener, or a local one when `path` is not empty.
  ListenerPort(Stack& stack, base::Endpoint local, std::string path, std::uint32_t process,
               boost::asio::any_io_executor executor);
  ~ListenerPort() override { close(); }
  ListenerPort(const ListenerPort&) = delete;
  ListenerPort& operator=(const ListenerPort&) = delete;

  base::Endpoint local() const override { return local_; }
  env::Task<base::Result<std::unique_ptr<env::ByteStream>>> accept() override;
  void close() override;

  bool full() const { return waiting_->ends.size() >= kListenBacklog; }
  std::uint32_t process() const { return process_; }
  boost::asio::any_io_executor executor() const { return executor_; }
  void offer(std::shared_ptr<StreamEnd> end);

 private:
  struct Waiting {
    explicit Waiting(boost::asio::any_io_executor executor) : changed(std::move(executor)) {}
    std::deque<std::shared_ptr<StreamEnd>> ends;
    bool closed = false;
    env::Signal changed;
  };

  Stack& stack_;
  base::Endpoint local_;
  std::string path_;
  std::uint32_t process_;
  boost::asio::any_io_executor executor_;
  std::shared_ptr<Waiting> waiting_;
};

}  // namespace holter::sim
