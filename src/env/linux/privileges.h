// The main process gives up all power before it reads one byte from the network. Order at start-up:
//
//   1. BrokerClient::start()   while file capabilities still work and this is still root, if it was
//   2. drop_privileges()       this
//   3. threads, sockets, everything else
//
// Capabilities belong to a thread, not to a process: call it while there is one.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "env/linux/identity.h"

namespace holter::env_linux {

// Prepares the data directory and, unless empty, the one for the control socket (given to the same user when it is new
// or empty), becomes the user that identity.h chooses, empties all capability sets (the bounding set
// where the kernel allows), sets no_new_privs and umask 077. Returns what it did as words for the start-up banner:
// "runs as uid 998 (the user holter), without any capability". After an error the process may be half-way: end it.
//
// Without a data directory, for commands that keep nothing: the same, and no file is looked at, made or given.
base::Result<std::string> drop_privileges(const std::string& data_directory = {},
                                          const std::string& runtime_directory = {});

// Who called sudo, when somebody did (SUDO_UID and SUDO_GID).
std::optional<Account> sudo_account();

}  // namespace holter::env_linux
