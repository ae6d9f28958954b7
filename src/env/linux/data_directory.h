// Looking at and making the data directory while holter may still be root. As root nothing here follows a symbolic link
// and every step holds the directory it looked at (openat, fchown), so that a user who owns a directory on the way
// cannot have root make or give away something elsewhere. Blocks; one thread.
#pragma once

#include <string>

#include "env/linux/identity.h"

namespace holter::env_linux {

base::Result<DataDirectory> inspect_data_directory(const std::string& path);

// Makes what is missing of the path with mode 0700 and gives that, and the directory itself, to `owner`.
base::Result<void> give_data_directory(const std::string& path, Account owner);

// Makes what is missing as the user this process is, and finds out whether it may read, write and search it.
base::Result<void> use_data_directory(const std::string& path);

}  // namespace holter::env_linux
