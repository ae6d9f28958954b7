#include "notify/channel.h"

#include <fmt/format.h>

#include "notify/delivery.h"

namespace holter::notify {

Channel::Channel(env::Env env, const Surroundings& around, std::function<void()> on_settled, Options options)
    : env_(env), around_(around), on_settled_(std::move(on_settled)), changed_(env.executor) {
  set(std::move(options));
}

void Channel::set(Options options) {
  options_ = std::move(options);
  interest_.set(options_);
}

void Channel::take(const Change& change) {
  if (interest_.wants(change)) push(change);
}

void Channel::push(const Change& change) {
  const base::Duration age = env_.clock.wall_now() - change.body.at;
  if (!queue_.push(change, env_.clock.now(), age)) return;
  note_losses();
  stir();
}

void Channel::stir() {
  stirred_ = true;
  changed_.notify();
}

env::Task<void> Channel::stirred() {
  while (!stirred_) co_await changed_.wait();
}

void Channel::close() {
  closed_ = true;
  stir();
}

env::Task<void> Channel::run() {
  using boost::asio::experimental::awaitable_operators::operator||;
  const auto self = shared_from_this();
  env::TaskGroup telling(env_.executor);
  while (!closed_) {
    stirred_ = false;
    while (auto delivery = queue_.take(env_.clock.now())) telling.spawn(tell(std::move(*delivery)));
    note_losses();
    auto changed = stirred();
    auto due = env_.clock.sleep_until(queue_.next_deadline());
    co_await (std::move(changed) || std::move(due));
  }
  co_await telling.join();
}

env::Task<void> Channel::tell(Delivery delivery) {
  const auto self = shared_from_this();
  const record::PulseChange& change = delivery.change.body;
  Message message{id_text(delivery.change.id), to_json(delivery, context_of(delivery.change)),
                  change.session.for_terminal(), std::string(to_string(change.to)), text_of(change)};
  auto trying = deliver(env_, options_, std::move(message));
  const Outcome outcome = co_await std::move(trying);
  settle(delivery, outcome);
}

Context Channel::context_of(const Change& change) const {
  return {around_.host, options_.name, around_.name_of(change.id.agent), around_.labels_of(change.body.session.raw())};
}

void Channel::settle(const Delivery& delivery, const Outcome& outcome) {
  const base::UntrustedText name(options_.name);
  const base::UntrustedText said(outcome.said);
  const base::UntrustedText& session = delivery.change.body.session;
  queue_.settle(delivery.change.id, outcome.kind, outcome.asked_pause, env_.clock.now(), env_.random.unit());
  if (outcome.kind == Outcome::Kind::delivered) {
    if (!trouble_.empty()) env_.log.info("notify", "telling works again", {{"notifier", name}});
    trouble_.clear();
    env_.log.debug("notify", "told", {{"notifier", name}, {"session", session}});
  } else {
    if (outcome.kind == Outcome::Kind::refused) {
      env_.log.warn("notify", "refused, and not tried again",
                    {{"notifier", name}, {"session", session}, {"answer", said}});
    } else if (trouble_.empty()) {
      env_.log.warn("notify", "cannot tell, trying again", {{"notifier", name}, {"session", session}, {"error", said}});
    }
    trouble_ = outcome.said;
  }
  stir();
  on_settled_();
}

void Channel::note_losses() {
  const QueueCounts& counts = queue_.counts();
  const base::UntrustedText name(options_.name);
  if (counts.given_up > given_up_said_) {
    env_.log.error("notify", "changes were given up after a day of tries",
                   {{"notifier", name}, {"changes", counts.given_up - given_up_said_}});
  }
  // Once for each power of two: a flood of changes is no flood of lines.
  if (counts.left_out > 2 * left_out_said_) {
    env_.log.warn("notify", "too much waits to be told; the oldest is left out",
                  {{"notifier", name}, {"left_out", counts.left_out}});
    left_out_said_ = counts.left_out;
  }
  given_up_said_ = counts.given_up;
}

env::Task<Outcome> Channel::test() {
  const auto self = shared_from_this();
  const std::string id = fmt::format("test/{:016x}", env_.random.next());
  const Context context{around_.host, options_.name, around_.host, {}};
  Message message{id, test_json(id, env_.clock.wall_now(), context), "test", "down", test_text(context)};
  auto trying = deliver(env_, options_, std::move(message));
  co_return co_await std::move(trying);
}

}  // namespace holter::notify
