// What an errno means to holter: the kernel's number as an ErrorKind and a sentence that says what was being done and
// what the kernel answered. Pure; any thread.
#pragma once

#include <string_view>

#include "base/result.h"

namespace holter::env_linux {

base::ErrorKind kind_of_errno(int code);

// "cannot open /var/lib/holter/spool: Permission denied"
base::Error os_error(std::string_view what, int code);

}  // namespace holter::env_linux
