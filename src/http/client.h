// The small client that holter's own commands use on the control socket: one GET, one answer.
#pragma once

#include <string>

#include "env/env.h"
#include "http/message.h"

namespace holter::http {

// The answer to `GET path` on the Unix socket `socket_path`, whatever its status.
env::Task<base::Result<Response>> get_local(env::Env env, std::string socket_path, std::string path,
                                            base::Duration deadline);

}  // namespace holter::http
