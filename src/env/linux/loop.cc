#include "env/linux/loop.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "base/assert.h"
#include "env/linux/clock.h"
#include "env/linux/files.h"
#include "env/linux/host.h"
#include "env/linux/http_client.h"
#include "env/linux/network.h"
#include "env/linux/offload.h"
#include "env/linux/os_error.h"
#include "env/linux/programs.h"
#include "env/linux/random.h"
#include "env/linux/resolver.h"

namespace holter::env_linux {
namespace asio = boost::asio;
namespace {

class NoFrames final : public env::Frames {
 public:
  base::Result<std::unique_ptr<env::FrameSource>> open(const env::FrameOptions& options) override {
    return base::Error{base::ErrorKind::permission, "no packet socket on " + options.interface + " without the broker"};
  }
};

}  // namespace

struct Loop::Parts {
  Parts() : context(std::make_unique<asio::io_context>(1)), executor(context->get_executor()) {}
  ~Parts() {
    if (resolver) resolver->stop();
    if (offload) offload->stop();
    if (http) http->close();
    if (programs) programs->close();
    context.reset();
  }

  std::unique_ptr<asio::io_context> context;
  asio::any_io_executor executor;
  std::unique_ptr<Clock> clock;
  std::unique_ptr<Offload> offload;
  std::unique_ptr<Resolver> resolver;
  std::unique_ptr<Network> network;
  std::unique_ptr<HttpClient> http;
  std::unique_ptr<Programs> programs;
  std::unique_ptr<env::Frames> frames;
  Files files;
  Host host;
  Random random;
  env::Log* log = nullptr;
};

base::Result<std::unique_ptr<Loop>> Loop::create(env::Log& log, LoopOptions options) {
  std::unique_ptr<Parts> parts;
  try {
    parts = std::make_unique<Parts>();
  } catch (const boost::system::system_error& failure) {
    return os_error("cannot make an event loop", failure.code().value());
  }
  auto clock = Clock::create(parts->executor);
  if (!clock) return clock.error();
  parts->clock = std::move(*clock);
  parts->offload = std::make_unique<Offload>(parts->executor, "holter-offload");
  parts->resolver = std::make_unique<Resolver>(parts->executor);
  const NetworkSurroundings around{parts->executor,  *parts->clock,   log,
                                   *parts->resolver, *parts->offload, options.raw_sockets};
  parts->network = std::make_unique<Network>(around);
  parts->http = std::make_unique<HttpClient>(parts->executor, *parts->clock, *parts->network, *parts->offload);
  parts->programs = std::make_unique<Programs>(parts->executor, *parts->clock);
  if (options.make_frames) {
    parts->frames = options.make_frames(parts->executor);
  } else {
    parts->frames = std::make_unique<NoFrames>();
  }
  parts->log = &log;
  return std::unique_ptr<Loop>(new Loop(std::move(parts)));
}

Loop::Loop(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Loop::~Loop() = default;

env::Env Loop::env() {
  return {*parts_->clock, *parts_->network, *parts_->http, *parts_->programs, *parts_->frames, parts_->files,
          parts_->host,   parts_->random,   *parts_->log,  *parts_->offload,  parts_->executor};
}

void Loop::run() {
  const auto until_stopped = asio::make_work_guard(*parts_->context);
  parts_->context->run();
  parts_->context->restart();
}

void Loop::run(env::Task<void> main) {
  auto on_end = [this](std::exception_ptr failure) {
    HOLTER_ASSERT(!failure);
    stop();
  };
  asio::co_spawn(parts_->executor, std::move(main), on_end);
  run();
}

void Loop::stop() { parts_->context->stop(); }

}  // namespace holter::env_linux
