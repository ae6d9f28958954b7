// How every command ends, as one table: stable, for scripts. docs/reference.md and the man pages show the same one.
#pragma once

#include <array>
#include <string_view>

namespace holter::cli {

enum ExitCode : int { kDone = 0, kFailed = 1, kUsage = 2, kNotRunning = 3, kAlreadyRunning = 4 };

struct ExitMeaning {
  ExitCode code;
  std::string_view meaning;
};

inline constexpr std::array<ExitMeaning, 5> kExitMeanings = {{
    {kDone, "done; of a recorder: told to end, and everything is stored"},
    {kFailed, "it failed, or what was asked is not so; the message says which and why"},
    {kUsage, "wrong usage or wrong input; nothing was done"},
    {kNotRunning, "no holter is running here"},
    {kAlreadyRunning, "another holter uses this data directory; the message names both"},
}};

}  // namespace holter::cli
