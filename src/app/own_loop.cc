#include "app/own_loop.h"

#include "app/commands.h"
#include "app/terminal.h"
#include "env/linux/log.h"
#include "env/linux/loop.h"

namespace holter::app {

int run_alone(env::LogLevel level, const std::function<env::Task<void>(env::Env env, int& code)>& task) {
  const auto log = env_linux::make_stderr_log(level);
  auto loop = env_linux::Loop::create(*log);
  if (!loop) {
    print_error(to_string(loop.error()) + '\n');
    return kFailed;
  }
  int code = kFailed;
  (*loop)->run(task((*loop)->env(), code));
  return code;
}

}  // namespace holter::app
