// Programs of a simulated host: a shelf of scripts under their paths, which outlives the host's processes. A script is
// asked once a run for what the run does; it then takes its time, writes its output at the end, and is ended by the
// deadline or a cancelled caller without delay (there is no grace in this world). What is not on the shelf is not
// found.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "env/programs.h"

namespace holter::sim {

struct ScriptedRun {
  int exit_status = 0;
  base::Duration takes;
  std::string output = {};
};

using ProgramScript = std::function<ScriptedRun(const env::ProgramOrder&)>;
using ProgramShelf = std::map<std::string, ProgramScript>;

class ScriptedPrograms final : public env::Programs {
 public:
  ScriptedPrograms(const ProgramShelf& shelf, env::Clock& clock) : shelf_(shelf), clock_(clock) {}

  env::Task<base::Result<env::ProgramEnd>> run(env::ProgramOrder order) override;

 private:
  const ProgramShelf& shelf_;
  env::Clock& clock_;
};

}  // namespace holter::sim
