#include "app/river.h"

namespace holter::app {

base::Result<std::unique_ptr<River>> River::create(env::Log& log, env_linux::LoopOptions options) {
  auto loop = env_linux::Loop::create(log, std::move(options));
  if (!loop) return loop.error();
  return std::unique_ptr<River>(new River(std::move(*loop)));
}

River::River(std::unique_ptr<env_linux::Loop> loop) : loop_(std::move(loop)), stop_(loop_->env().executor) {}

River::~River() { join(); }

void River::join() {
  stop_.request();
  thread_.reset();
}

void River::start(const std::string& name, Main main) {
  main_ = std::move(main);
  thread_.emplace(name, [this] { loop_->run(main_(loop_->env(), stop_)); });
}

}  // namespace holter::app
