// From holter.toml, the files it includes and the command line to Settings, or to every mistake in them at once.
// Precedence: the default, the file, the command line. Reads through env::Files and blocks; touches nothing else.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "config/settings.h"
#include "config/value.h"
#include "env/files.h"

namespace holter::config {

inline constexpr std::size_t kMaxFiles = 256;
inline constexpr std::size_t kMaxMistakes = 100;  // more are counted, not told
inline constexpr std::size_t kMaxSessions = 20'000;
inline constexpr std::size_t kMaxModules = 1'000;
inline constexpr std::size_t kMaxDropFilters = 64;

// A key set on the command line.
struct Override {
  std::string key;  // "http.listen"
  Value value;
  std::string option;  // "--http", to say where it comes from
};

struct ProbeMistake {
  std::string key;   // of the [[probe]]
  std::string text;  // a whole sentence
};

// What other modules know better. Each returns what is wrong, as the end of a sentence; an empty function finds
// nothing.
struct Checks {
  std::function<std::optional<std::string>(const std::string& filter)> filter;
  std::function<std::optional<ProbeMistake>(const record::ProbePlan& probe)> probe;
  std::function<std::optional<ProbeMistake>(const record::ProbePlan& module)> module = {};
  std::function<std::optional<std::string>(const std::string& expression)> cron = {};
  std::function<std::optional<std::string>(const std::string& name)> time_zone = {};
  std::vector<std::string> components = {};  // of the log; empty: any
};

// Where each value comes from: "holter.toml:12", "--http". A key that is not here has its default. Probes and sessions
// are under "probe NAME", "module NAME" and "session NAME".
using Origins = std::map<std::string, std::string>;

struct Loaded {
  Settings settings;
  Origins origins;
};

using Mistakes = std::vector<Mistake>;

// Without a path only the command line counts.
std::variant<Loaded, Mistakes> load(env::Files& files, const std::optional<std::string>& path,
                                    std::span<const Override> overrides, const Checks& checks);

// One line each, and how many more there are.
std::string to_string(const Mistakes& mistakes);

}  // namespace holter::config
