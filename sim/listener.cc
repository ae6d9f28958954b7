#include "sim/listener.h"

namespace holter::sim {

ListenerPort::ListenerPort(Stack& stack, base::Endpoint local, std::string path, std::uint32_t process,
                           boost::asio::any_io_executor executor)
    : stack_(stack),
      local_(local),
      path_(std::move(path)),
      process_(process),
      executor_(executor),
      waiting_(std::make_shared<Waiting>(executor)) {
  if (path_.empty()) {
    stack_.listeners[local_] = this;
  } else {
    stack_.local_listeners[path_] = this;
  }
}

env::Task<base::Result<std::unique_ptr<env::ByteStream>>> ListenerPort::accept() {
  const auto waiting = waiting_;
  while (waiting->ends.empty() && !waiting->closed) co_await waiting->changed.wait();
  if (waiting->closed) co_return base::Error{base::ErrorKind::closed, "the listener was closed here"};
  auto end = std::move(waiting->ends.front());
  waiting->ends.pop_front();
  co_return std::unique_ptr<env::ByteStream>(new HeldStream(std::move(end)));
}

void ListenerPort::close() {
  if (std::exchange(waiting_->closed, true)) return;
  waiting_->ends.clear();
  waiting_->changed.notify();
  path_.empty() ? stack_.listeners.erase(local_) : stack_.local_listeners.erase(path_);
}

void ListenerPort::offer(std::shared_ptr<StreamEnd> end) {
  waiting_->ends.push_back(std::move(end));
  waiting_->changed.notify();
}

}  // namespace holter::sim
