#include "app/suspend.h"

#include "env/linux/signals.h"

namespace holter::app {

record::Gap suspend_with_gap(env::Env env) {
  env.log.info("holter", "suspended; everything is stored");
  record::Gap gap;
  gap.cause = record::GapCause::suspended;
  gap.from = env.clock.wall_now();
  env_linux::suspend_process();
  gap.to = env.clock.wall_now();
  gap.where = "holter";
  env.log.info("holter", "resumed", {{"suspended_for", gap.to - gap.from}});
  return gap;
}

}  // namespace holter::app
