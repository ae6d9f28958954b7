// `holter run`, `holter hub` and `holter agent`: prepare the ground, then run the role on the main loop to its end.
#include "app/agent_main.h"
#include "app/commands.h"
#include "app/hub_main.h"
#include "app/terminal.h"

namespace holter::app {

int run_command(RunOptions options) {
  if (const std::string refusal = refuse_insecure(options); !refusal.empty()) {
    print_error(refusal);
    return kUsage;
  }
  auto prepared = prepare(options);
  if (const auto* failure = std::get_if<StartFailure>(&prepared)) {
    print_error(failure->text);
    return failure->exit_code;
  }
  Ground& ground = *std::get<std::unique_ptr<Ground>>(prepared);
  const env::Env env = ground.loop->env();
  int exit_code = kFailed;
  if (options.role == Role::agent) {
    ground.loop->run(agent_main(env, std::move(options), ground, exit_code));
  } else {
    ground.loop->run(hub_main(env, std::move(options), ground, exit_code));
  }
  return exit_code;
}

}  // namespace holter::app
