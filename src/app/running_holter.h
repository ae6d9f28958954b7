// The running holter of this user, as a command finds it: its control socket, and what to say when nobody answers
// there.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "cli/arguments.h"
#include "env/env.h"
#include "http/message.h"

namespace holter::app {

// By --runtime, else where a holter of this user puts it.
std::string control_socket_of(const cli::Arguments& arguments);

// Says why there is no answer, or why it is none that was wanted; returns the exit code.
int explain_silence(const base::Error& error, const std::string& socket);
int explain_refusal(int status, const std::string& body);

// Has it do something, by a POST to the path: the body of its answer. Empty when it did not; then that is said, and
// `code` is the exit code.
env::Task<std::optional<std::string>> have_done(env::Env env, std::string socket, std::string path,
                                                base::Duration within, int& code);

}  // namespace holter::app
