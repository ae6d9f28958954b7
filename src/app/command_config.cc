// `holter config init`, `check`, `show` and `reload`.
#include <filesystem>
#include <nlohmann/json.hpp>

#include "app/commands.h"
#include "app/configuration.h"
#include "app/own_loop.h"
#include "app/running_holter.h"
#include "app/terminal.h"
#include "cli/common_options.h"
#include "config/show.h"
#include "env/linux/files.h"

namespace holter::app {
namespace {

constexpr const char* kDefaultFile = "holter.toml";
constexpr base::Duration kReloadWithin = base::Duration::seconds(30);

cli::Operand file_operand(std::string help) { return {"FILE", std::move(help), cli::Kind::file, {}, false}; }

// The settings of a file, or of the one that a recorder would read; mistakes are printed.
std::optional<config::Loaded> load_for(const cli::Arguments& arguments) {
  ConfigSource source;
  source.path = arguments.has("FILE") ? std::optional(arguments.text("FILE")) : found_config(this_user());
  auto loaded = load(source);
  if (auto* fine = std::get_if<config::Loaded>(&loaded)) return std::move(*fine);
  print_error(to_string(std::get<config::Mistakes>(loaded)));
  return std::nullopt;
}

// Prints what the running holter says.
env::Task<void> ask_to_reload(env::Env env, std::string socket, int& code) {
  const auto answer = co_await have_done(env, socket, "/api/v1/reload", kReloadWithin, code);
  if (!answer) co_return;
  const auto body = nlohmann::json::parse(*answer, nullptr, false);
  const std::string changed = body.is_object() ? body.value("changed", "") : "";
  print(base::UntrustedText::from_json_text(changed).for_terminal() + '\n');
  code = kDone;
}

}  // namespace

cli::Command config_init_words() {
  return {.words = "config init",
          .purpose = cli::Purpose::set_up,
          .summary = "Write a new configuration in which everything is explained",
          .about =
              "Every key is there, commented out with its default or an example. A file that is there already is "
              "never touched.",
          .operands = {file_operand("where to write it; - for standard output (default: holter.toml)")},
          .examples = {{"holter config init my.toml", "A new file to edit"},
                       {"holter config init -", "The same, to read"}}};
}

int config_init_command(const cli::Arguments& arguments) {
  const std::string path = arguments.text("FILE", kDefaultFile);
  const std::string text = config::template_text();
  if (path == "-") {
    print(text);
    return kDone;
  }
  const std::string shown = base::UntrustedText(path).for_terminal();
  env_linux::Files files;
  const auto file = files.open(path, env::OpenMode::create_new);
  if (!file && file.error().kind == base::ErrorKind::exists) {
    print_error(shown + " is there already and stays as it is; name another file\n");
    return kUsage;
  }
  const auto done =
      file ? (*file)->write_at(0, base::Bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()))
           : base::Result<void>(file.error());
  // Whoever starts holter as root lets another user read it on a reload.
  std::error_code ignored;
  std::filesystem::permissions(path, std::filesystem::perms(0644), ignored);
  if (!done) {
    print_error("cannot write " + shown + ": " + done.error().message + '\n');
    return kFailed;
  }
  print("wrote " + shown + "; edit it, then `holter config check " + shown + "` and `holter run -c " + shown + "`\n");
  return kDone;
}

cli::Command config_check_words() {
  return {.words = "config check",
          .purpose = cli::Purpose::set_up,
          .summary = "Look for mistakes in a configuration",
          .about =
              "Names every mistake with file, line and column and, where there is one, the nearest valid name. Ends "
              "with 0 when there is none, with 2 otherwise. Nothing is started.",
          .operands = {file_operand("the file (default: the one that `holter run` would read)")},
          .examples = {{"holter config check", "Of the configuration that is used here"}}};
}

int config_check_command(const cli::Arguments& arguments) {
  const auto loaded = load_for(arguments);
  if (!loaded) return kUsage;
  print(config_in_words(loaded->settings) + ": no mistake\n");
  return kDone;
}

cli::Command config_show_words() {
  return {
      .words = "config show",
      .purpose = cli::Purpose::set_up,
      .summary = "Show every setting, its value, and where it comes from",
      .about = "The text is a configuration again. A running holter may have been told otherwise on its command line.",
      .operands = {file_operand("the file (default: the one that `holter run` would read)")},
      .options = {cli::json_option("As one JSON object")},
      .examples = {{"holter config show", "All settings"}, {"holter config show --json", "For programs"}}};
}

int config_show_command(const cli::Arguments& arguments) {
  const auto loaded = load_for(arguments);
  if (!loaded) return kUsage;
  print(arguments.has("--json") ? show_json(*loaded) + '\n' : show(*loaded));
  return kDone;
}

cli::Command config_reload_words() {
  return {
      .words = "config reload",
      .purpose = cli::Purpose::set_up,
      .summary = "Have the running holter read its configuration again",
      .about =
          "Says what changed and what needs a restart. Probes, sessions, the capture's filter and the levels of the "
          "log are taken over at once, and no result is lost. With a mistake in it nothing changes.",
      .options = {cli::runtime_option()},
      .examples = {{"holter config reload", "After an edit"}}};
}

int config_reload_command(const cli::Arguments& arguments) {
  const std::string socket = control_socket_of(arguments);
  return run_alone(env::LogLevel::error,
                   [&socket](env::Env env, int& code) { return ask_to_reload(env, socket, code); });
}

}  // namespace holter::app
