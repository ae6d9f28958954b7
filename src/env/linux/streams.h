// The streams of a command: files by name, standard input and output. They make no thread and need no loop.
#pragma once

#include <memory>
#include <string>

#include "env/linux/unique_fd.h"
#include "env/streams.h"

namespace holter::env_linux {

enum class Existing : std::uint8_t { refuse, overwrite };

// ErrorKind::invalid for a directory.
base::Result<std::unique_ptr<env::InputStream>> open_input(const std::string& path);
std::unique_ptr<env::InputStream> standard_input();

// Makes a file of mode 0600; one that is there is refused (ErrorKind::exists) or emptied. A pipe or a device is
// neither. Made by root under sudo, the file belongs to who called sudo.
base::Result<std::unique_ptr<env::OutputStream>> open_output(const std::string& path, Existing existing);
std::unique_ptr<env::OutputStream> standard_output();

// The parts of open_output(), for files that are opened elsewhere.
base::Result<UniqueFd> open_file(const std::string& path, Existing existing);
std::unique_ptr<env::OutputStream> output_to(const std::string& path, UniqueFd file);

}  // namespace holter::env_linux
