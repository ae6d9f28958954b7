#include "app/record_request.h"

#include <fmt/format.h>

#include "cli/common_options.h"

namespace holter::app {
namespace {

// --filter and the operand: both have to match.
std::string filter_of(const cli::Arguments& arguments) {
  const std::string option = arguments.text("--filter");
  const std::string operand = arguments.text("FILTER");
  if (option.empty() || operand.empty()) return option + operand;
  return '(' + option + ") and (" + operand + ')';
}

void add(std::string& path, const char* name, const std::string& value) {
  if (value.empty()) return;
  path += path.find('?') == path.npos ? '?' : '&';
  path += name + ('=' + percent_encoded(value));
}

void add_common(std::string& path, const cli::Arguments& arguments) {
  add(path, "agent", arguments.text("--agent"));
  if (arguments.command().find("--target") != nullptr) add(path, "target", arguments.text("--target"));
  add(path, "filter", filter_of(arguments));
  add(path, "limit", std::to_string(arguments.count("--count", kDefaultShown)));
}

}  // namespace

std::vector<cli::Option> record_options(const char* json_help) {
  auto since = cli::since_option();
  since.help = std::string("Only what is not older than this; else ") + kDefaultSince;
  return {std::move(since),
          cli::follow_option(),
          cli::agent_option(),
          cli::filter_option(),
          cli::count_option(fmt::format("At most the newest N; else {}, and 0 means all", kDefaultShown)),
          cli::json_option(json_help),
          cli::runtime_option()};
}

cli::Operand filter_operand() { return {.name = "FILTER", .help = "The same as --filter", .required = false}; }

std::string stored_path(const RecordKind& kind, const cli::Arguments& arguments) {
  std::string path = std::string("/api/v1/") + kind.path + "?format=ndjson";
  add(path, "since", arguments.text("--since"));
  add_common(path, arguments);
  return path;
}

std::string follow_path(const RecordKind& kind, const cli::Arguments& arguments) {
  std::string path = std::string("/api/v1/live?topics=") + kind.topic;
  const bool stored_too = arguments.has("--since") || arguments.has("--count");
  if (stored_too) add(path, "since", arguments.text("--since", kDefaultSince));
  add_common(path, arguments);
  return path;
}

std::optional<std::string> record_usage_mistake(const cli::Arguments& arguments) {
  if (!arguments.has("--follow") || arguments.count("--count", kDefaultShown) <= kMaxBeforeFollowing)
    return std::nullopt;
  return fmt::format("with --follow, --count is at most {}, or 0 for all\n", kMaxBeforeFollowing);
}

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '_' || c == '.' || c == '~';
    if (plain) {
      out += c;
    } else {
      fmt::format_to(std::back_inserter(out), "%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
  }
  return out;
}

}  // namespace holter::app
