// What the commands that read a capture file share: opening it by name, and what they say and end with when they could
// not read it to its end or nobody took what they made of it.
#pragma once

#include <memory>
#include <string>

#include "capture/file_reading.h"
#include "env/streams.h"

namespace holter::app {

// "-" is standard input.
base::Result<std::unique_ptr<env::InputStream>> open_capture(const std::string& path);

// Prints the figures with `more` behind them, and what went wrong; how the command ends.
int conclude_reading(const capture::ReadOutcome& outcome, const std::string& path, const std::string& more);

}  // namespace holter::app
