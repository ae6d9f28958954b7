#include "env/programs.h"

namespace holter::env {

std::string to_string(const ProgramEnd& end) {
  if (end.timed_out) return "not done after " + base::to_string(end.run_time);
  if (end.signal != 0) return "killed by signal " + std::to_string(end.signal);
  return "exit status " + std::to_string(end.exit_status);
}

}  // namespace holter::env
