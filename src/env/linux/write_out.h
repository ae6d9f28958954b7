// Text to a descriptor of this process, all of it.
#pragma once

#include <string_view>

namespace holter::env_linux {

// Waits where the reader is slow; gives up where nobody reads any more.
void write_out(int descriptor, std::string_view text);

}  // namespace holter::env_linux
