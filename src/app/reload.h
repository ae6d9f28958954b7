// Reloader reads the configuration again while everything runs and has what changed taken over: on SIGHUP and by the
// API. A file with mistakes changes nothing. One loop; one reload at a time, a second one waits.
#pragma once

#include <functional>
#include <string>

#include "app/options.h"
#include "base/result.h"
#include "env/env.h"

namespace holter::app {

class Reloader {
 public:
  // Has `wanted` taken over; `running` is what holds until now.
  using TakeOver = std::function<void(const config::Settings& running, const config::Settings& wanted)>;

  // `options` are those that run; their settings follow what is taken over.
  Reloader(env::Env env, RunOptions& options, TakeOver take_over);

  // What changed, in words; ErrorKind::invalid holds the mistakes, one a line. Says the same in the log.
  env::Task<base::Result<std::string>> reload();

 private:
  env::Env env_;
  RunOptions& options_;
  TakeOver take_over_;
};

// "2 probes added, 1 removed; log.level changed; store.budget needs a restart". Pure.
std::string changes_in_words(const config::Settings& running, const config::Settings& wanted);

}  // namespace holter::app
