#include "app/river.h"

namespace holter::app {

base::Result<std::unique_ptr<River>> River::start(const std::string& name, env::Log& log,
                                                  env_linux::LoopOptions options, Main main) {
  auto loop = env_linux::Loop::create(log, std::move(options));
  if (!loop) return loop.error();
  return std::unique_ptr<River>(new River(name, std::move(*loop), std::move(main)));
}

River::River(const std::string& name, std::unique_ptr<env_linux::Loop> loop, Main main)
    : loop_(std::move(loop)),
      stop_(loop_->env().executor),
      main_(std::move(main)),
      thread_(name, [this] { loop_->run(main_(loop_->env(), stop_)); }) {}

River::~River() { request_stop(); }

}  // namespace holter::app
