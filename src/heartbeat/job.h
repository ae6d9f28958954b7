// Job is `holter pulse --exec`: a program runs while its beacon pulses, and the hub is told that it began and how it
// ended, with the last of its output. The program comes first: it runs whether the hub hears or not, begins at once,
// and what it returned is what the job returns. After a failure the session is left as the hub judged it.
//
// One loop; the beacon runs meanwhile and outlives the job.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "env/env.h"
#include "heartbeat/beacon.h"

namespace holter::heartbeat {

struct JobOptions {
  std::vector<std::string> arguments;  // the program first
  std::string words;                   // how reports call it
  std::function<void(env::ProgramStream, base::Bytes)> on_output;
  std::function<env::Task<void>()> room_for_output = {};  // see env::ProgramOrder
};

class Job {
 public:
  // Without a beacon nobody is told.
  Job(env::Env env, JobOptions options, Beacon* beacon);

  // Until the program has ended; an error: it could not be started.
  env::Task<base::Result<env::ProgramEnd>> run();
  // Tells how it ended; false when the hub may not know.
  env::Task<bool> report(base::Result<env::ProgramEnd> end);
  // To the program and its children; nothing when it does not run.
  void signal(int number);

 private:
  env::Task<void> report_start();

  env::Env env_;
  JobOptions options_;
  Beacon* beacon_;
  std::function<void(int)> signal_;
};

// As a shell would: 127 for a program that is not there, 126 for one that cannot be started, 128 and the signal.
int exit_code_of(const base::Result<env::ProgramEnd>& end);

// "exit status 3 after 2.1 s: the last of the output", at most kMaxTextBytes. Lines of the output stand behind one
// another.
std::string end_words(const env::ProgramEnd& end);

}  // namespace holter::heartbeat
