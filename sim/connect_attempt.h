// ConnectAttempt is one connect() under way: SYNs that are sent again each second until the other host answers or
// kConnectGivesUp. The connecting coroutine owns it; events hold it weakly, so a cancelled connect leaves nothing.
#pragma once

#include <memory>
#include <optional>

#include "sim/listener.h"

namespace holter::sim {

class ConnectAttempt : public std::enable_shared_from_this<ConnectAttempt> {
 public:
  ConnectAttempt(Stack& from, base::Endpoint local, base::Endpoint to, boost::asio::any_io_executor executor)
      : answered(executor), from_(from), local_(local), to_(to), executor_(executor),
        started_(from.internet().timeline().now()) {}

  void send_syn();

  env::Signal answered;
  std::optional<base::Result<std::shared_ptr<StreamEnd>>> outcome;

 private:
  void syn_arrived(Stack& to);
  void again();
  void answer(Stack& by, base::Result<std::shared_ptr<StreamEnd>> result);
  void end(base::Result<std::shared_ptr<StreamEnd>> result);

  Stack& from_;
  base::Endpoint local_;
  base::Endpoint to_;
  boost::asio::any_io_executor executor_;
  base::Instant started_;
  // Here and not in the event: an event must not own an end, whose process may die first.
  std::optional<base::Result<std::shared_ptr<StreamEnd>>> outcome_on_its_way_;
};

// The two ends of a stream between stacks, joined.
struct StreamPair {
  std::shared_ptr<StreamEnd> connector;
  std::shared_ptr<StreamEnd> acceptor;
};
StreamPair make_stream(Stack& from, base::Endpoint local, boost::asio::any_io_executor executor, Stack& to,
                       base::Endpoint peer, ListenerPort& listener);

}  // namespace holter::sim
