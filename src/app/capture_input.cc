#include "app/capture_input.h"

#include "app/capture_text.h"
#include "app/commands.h"
#include "app/terminal.h"
#include "base/untrusted_text.h"
#include "env/linux/streams.h"

namespace holter::app {

base::Result<std::unique_ptr<env::InputStream>> open_capture(const std::string& path) {
  if (path == "-") return env_linux::standard_input();
  return env_linux::open_input(path);
}

int conclude_reading(const capture::ReadOutcome& outcome, const std::string& path, const std::string& more) {
  const bool nobody_reads = !outcome.output && outcome.output.error().kind == base::ErrorKind::closed;
  if (nobody_reads) return kDone;
  if (outcome.recognised) print_error(read_text(outcome.figures) + more);
  if (!outcome.output) {
    print_error(outcome.output.error().message + '\n');
    return kFailed;
  }
  if (outcome.input) return kDone;
  const std::string shown = path == "-" ? "standard input" : base::UntrustedText(path).for_terminal();
  print_error(shown + ": " + outcome.input.error().message + '\n');
  return outcome.recognised ? kFailed : kUsage;
}

}  // namespace holter::app
