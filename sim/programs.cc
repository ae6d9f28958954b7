#include "sim/programs.h"

#include <signal.h>

#include <algorithm>

namespace holter::sim {

env::Task<base::Result<env::ProgramEnd>> ScriptedPrograms::run(env::ProgramOrder order) {
  if (order.arguments.empty()) co_return base::Error{base::ErrorKind::invalid, "no program is named"};
  const auto script = shelf_.find(order.arguments.front());
  if (script == shelf_.end()) {
    co_return base::Error{base::ErrorKind::not_found, "cannot run " + order.arguments.front() + ": no such program"};
  }
  const base::Instant started = clock_.now();
  const ScriptedRun run = script->second(order);
  env::ProgramEnd end;
  end.timed_out = started + run.takes > order.deadline;
  co_await clock_.sleep_until(std::min(started + run.takes, order.deadline));
  end.run_time = clock_.now() - started;
  if (end.timed_out) {
    end.signal = SIGTERM;
    co_return end;
  }
  end.exit_status = run.exit_status;
  end.output_bytes = run.output.size();
  const std::size_t kept = std::min({run.output.size(), order.keep_output, env::kMaxKeptOutput});
  end.output = base::UntrustedText(std::string_view(run.output).substr(run.output.size() - kept));
  if (order.on_output && !run.output.empty()) {
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(run.output.data());
    order.on_output(env::ProgramStream::output, {bytes, run.output.size()});
  }
  co_return end;
}

}  // namespace holter::sim
