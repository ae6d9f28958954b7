// What the commands that show records ask the running holter for: the path of the API's question, made of the command's
// arguments. And the options that these commands share. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/record_text.h"
#include "cli/arguments.h"

namespace holter::app {

inline constexpr std::uint64_t kDefaultShown = 100;
inline constexpr const char* kDefaultSince = "1h";
inline constexpr std::uint64_t kMaxBeforeFollowing = 10'000;

// "results", "sessions", ... as in the API.
struct RecordKind {
  const char* topic;  // of the event stream
  const char* path;   // of what is stored
  RecordView view;
  const char* plural;  // "results"
};

std::vector<cli::Option> record_options(const char* json_help);
cli::Operand filter_operand();

// GET this for lines, newest first.
std::string stored_path(const RecordKind& kind, const cli::Arguments& arguments);
// GET this for events: what was stored (only with --since or --count), then what comes.
std::string follow_path(const RecordKind& kind, const cli::Arguments& arguments);
// Why these arguments do not go together; empty when they do.
std::optional<std::string> record_usage_mistake(const cli::Arguments& arguments);

std::string percent_encoded(std::string_view text);

}  // namespace holter::app
