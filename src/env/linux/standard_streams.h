// The three standard descriptors are open from the first line of main on. Whoever starts a program with one of them
// closed (`holter run 2>&-`) would otherwise give its number to the next file or socket, and what is said on standard
// error would be written into that.
#pragma once

namespace holter::env_linux {

// Opens nothing where one is closed. Before anything else is opened, and before any thread.
void open_standard_streams();

}  // namespace holter::env_linux
