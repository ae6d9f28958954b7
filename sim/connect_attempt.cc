#include "sim/connect_attempt.h"

#include "sim/network.h"

namespace holter::sim {
namespace {

using base::Error;
using base::ErrorKind;

constexpr base::Duration kSynAgain = base::Duration::seconds(1);

ListenerPort* listener_at(Stack& stack, const base::Endpoint& to) {
  auto found = stack.listeners.find(to);
  if (found == stack.listeners.end())
    found = stack.listeners.find({base::IpAddress::any(to.address.family()), to.port});
  return found == stack.listeners.end() ? nullptr : found->second;
}

}  // namespace

StreamPair make_stream(Stack& from, base::Endpoint local, boost::asio::any_io_executor executor, Stack& to,
                       base::Endpoint peer, ListenerPort& listener) {
  auto& timeline = from.internet().timeline();
  StreamPair pair;
  pair.connector = std::make_shared<StreamEnd>(local, peer, std::make_shared<Pipe>(from, to), timeline, executor);
  pair.acceptor =
      std::make_shared<StreamEnd>(peer, local, std::make_shared<Pipe>(to, from), timeline, listener.executor());
  StreamEnd::join(pair.connector, pair.acceptor);
  return pair;
}

void ConnectAttempt::send_syn() {
  auto& internet = from_.internet();
  Stack* const to = to_.address.is_loopback() ? &from_ : internet.find(to_.address);
  const auto arrivals =
      to == nullptr ? std::vector<base::Instant>() : internet.fabric().carry(from_.index(), to->index());
  if (arrivals.empty()) return again();
  internet.timeline().at(arrivals.front(), "syn", [weak = weak_from_this(), to] {
    if (const auto self = weak.lock()) self->syn_arrived(*to);
  });
}

void ConnectAttempt::again() {
  auto& timeline = from_.internet().timeline();
  if (timeline.now() - started_ >= kConnectGivesUp) {
    return end(Error{ErrorKind::timeout, to_string(to_) + " did not answer"});
  }
  timeline.after(kSynAgain, "syn again", [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->send_syn();
  });
}

void ConnectAttempt::syn_arrived(Stack& to) {
  if (!to.powered() || to.drops(to_.port)) return again();
  ListenerPort* const listener = listener_at(to, to_);
  if (listener == nullptr) return answer(to, Error{ErrorKind::refused, to_string(to_) + " refused the connection"});
  if (listener->full()) return again();
  auto pair = make_stream(from_, local_, executor_, to, to_, *listener);
  listener->offer(std::move(pair.acceptor));
  answer(to, std::move(pair.connector));
}

void ConnectAttempt::answer(Stack& by, base::Result<std::shared_ptr<StreamEnd>> result) {
  // An answer that is lost is sent again until it arrives or nobody waits for it any more.
  const auto arrivals = from_.internet().fabric().carry(by.index(), from_.index());
  auto& timeline = from_.internet().timeline();
  const bool lost = arrivals.empty();
  const base::Instant when = lost ? timeline.now() + kSynAgain : arrivals.front();
  if (lost && timeline.now() - started_ >= kConnectGivesUp) {
    return end(Error{ErrorKind::timeout, to_string(to_) + " did not answer"});
  }
  outcome_on_its_way_ = std::move(result);
  timeline.at(when, "syn answer", [weak = weak_from_this(), lost, &by] {
    const auto self = weak.lock();
    if (!self) return;
    auto carried = std::move(*self->outcome_on_its_way_);
    lost ? self->answer(by, std::move(carried)) : self->end(std::move(carried));
  });
}

void ConnectAttempt::end(base::Result<std::shared_ptr<StreamEnd>> result) {
  outcome = std::move(result);
  answered.notify();
}

}  // namespace holter::sim
