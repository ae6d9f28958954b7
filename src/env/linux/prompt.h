// The real Prompt: a LineEditor when a person sits at a terminal that can move its cursor, else PlainLines.
#pragma once

#include <memory>

#include "env/prompt.h"

namespace holter::env_linux {

// On this process's standard input and output. Make one per process.
std::unique_ptr<env::Prompt> make_prompt(const boost::asio::any_io_executor& executor);

}  // namespace holter::env_linux
