#include "uplink/link.h"

#include <array>

namespace holter::uplink {
namespace {

constexpr std::size_t kReadBytes = 64 * 1024;

}  // namespace

struct Link::State {
  State(boost::asio::any_io_executor executor, std::unique_ptr<env::ByteStream> s)
      : stream(std::move(s)), changed(executor), taken(executor) {}

  std::unique_ptr<env::ByteStream> stream;
  env::Signal changed;
  env::Signal taken;
  std::vector<Message> arrived;
  std::size_t waiting_bytes = 0;
  std::optional<base::Error> failure;
  bool awake = false;

  void wake() {
    awake = true;
    changed.notify();
  }
};

Link::Link(env::Env env, std::unique_ptr<env::ByteStream> stream)
    : env_(env), state_(std::make_shared<State>(env.executor, std::move(stream))), tasks_(env.executor) {
  tasks_.spawn(read(state_));
}

Link::~Link() { state_->stream->close(); }

base::Endpoint Link::peer() const { return state_->stream->peer(); }

env::Task<void> Link::read(std::shared_ptr<State> state) {
  FrameReader reader;
  std::vector<std::uint8_t> buffer(kReadBytes);
  while (!state->failure) {
    const auto got = co_await state->stream->read_some(buffer);
    if (!got) {
      state->failure = got.error();
      break;
    }
    reader.feed(base::Bytes(buffer).first(*got));
    state->waiting_bytes += *got;
    for (;;) {
      auto message = reader.next();
      if (!message) {
        state->failure = message.error();
        break;
      }
      if (!*message) break;
      state->arrived.push_back(std::move(**message));
    }
    state->wake();
    while (state->waiting_bytes >= kMaxWaitingBytes && !state->arrived.empty()) co_await state->taken.wait();
  }
  state->wake();
}

std::vector<Message> Link::take() {
  state_->waiting_bytes = 0;
  state_->taken.notify();
  return std::exchange(state_->arrived, {});
}

std::optional<base::Error> Link::failure() const { return state_->arrived.empty() ? state_->failure : std::nullopt; }

void Link::wake() { state_->wake(); }

env::Task<base::Result<void>> Link::until_awake(std::shared_ptr<State> state) {
  while (!state->awake) co_await state->changed.wait();
  co_return base::Result<void>();
}

env::Task<void> Link::wait(base::Instant deadline) {
  auto awake = until_awake(state_);
  // Either way there is something to look at.
  static_cast<void>(co_await env::with_deadline(env_.clock, deadline, std::move(awake)));
  state_->awake = false;
}

env::Task<base::Result<void>> Link::write(std::vector<Message> messages, base::Duration within) {
  std::vector<std::uint8_t> bytes;
  for (const Message& message : messages) {
    const auto frame = encode(message);
    bytes.insert(bytes.end(), frame.begin(), frame.end());
  }
  if (bytes.empty()) co_return base::Result<void>();
  auto writing = state_->stream->write_all(bytes);
  const base::Instant deadline = env_.clock.now() + within;
  auto written = co_await env::with_deadline(env_.clock, deadline, std::move(writing));
  co_return written;
}

env::Task<void> Link::finish(base::Duration linger) {
  state_->stream->shutdown_write();
  const base::Instant deadline = env_.clock.now() + linger;
  while (!state_->failure && env_.clock.now() < deadline) {
    take();
    co_await wait(deadline);
  }
}

}  // namespace holter::uplink
