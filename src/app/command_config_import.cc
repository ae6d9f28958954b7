// `holter config import`: what others have written down to be probed, as a holter.toml.
#include <fmt/format.h>

#include <algorithm>

#include "app/commands.h"
#include "app/configuration.h"
#include "app/imported_text.h"
#include "app/runnable.h"
#include "app/terminal.h"
#include "config/show.h"
#include "imports/format.h"

namespace holter::app {
namespace {

using imports::Format;

constexpr Format kFormats[] = {Format::list, Format::blackbox, Format::gatus, Format::smokeping};

std::string counted(std::size_t count, const std::string& noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::optional<Format> wanted_format(const cli::Arguments& arguments) {
  for (const Format format : kFormats) {
    if (to_string(format) == arguments.text("--from")) return format;
  }
  return std::nullopt;
}

// Whether the plan can be run by now; what had to go, and why it cannot, are notes.
bool take(imports::Imported& imported, record::ProbePlan& plan, std::uint32_t line, bool is_module) {
  const std::string name = (is_module ? "module '" : "'") + base::UntrustedText(plan.name).for_terminal() + "': ";
  auto made = make_runnable(plan, is_module);
  for (const auto& gone : made.gone) imported.note(line, name + gone);
  if (made.fault.empty()) return true;
  imported.note(line, name + made.fault);
  return false;
}

config::Loaded settings_of(imports::Imported& imported, const std::string& path, const std::string& targets) {
  config::Loaded loaded;
  const auto origin = [](const std::string& file, std::uint32_t line) { return fmt::format("{}:{}", file, line); };
  for (auto entry : imported.modules) {
    if (!take(imported, entry.plan, entry.line, true)) continue;
    loaded.origins["module " + entry.plan.name] = origin(path, entry.line);
    loaded.settings.modules.push_back(std::move(entry.plan));
  }
  const std::size_t of_modules = imported.notes.size();
  for (auto entry : imported.probes) {
    if (!entry.fault.empty()) {
      imported.note(entry.line, '\'' + base::UntrustedText(entry.plan.name).for_terminal() + "': " + entry.fault);
      continue;
    }
    if (!take(imported, entry.plan, entry.line, false)) continue;
    loaded.origins["probe " + entry.plan.name] = origin(targets.empty() ? path : targets, entry.line);
    loaded.settings.probes.push_back(std::move(entry.plan));
  }
  for (std::size_t i = of_modules; i < imported.notes.size(); ++i) imported.notes[i].of_targets = !targets.empty();
  return loaded;
}

// In the order of each file.
void print_notes(std::vector<imports::Note> notes, const std::string& path, const std::string& targets) {
  std::ranges::sort(notes, {},
                    [](const imports::Note& note) { return std::tuple(note.of_targets, note.line, note.text); });
  const auto second = std::ranges::find(notes, true, &imports::Note::of_targets);
  print_error(notes_text(path, {notes.begin(), second}));
  print_error(notes_text(targets, {second, notes.end()}));
}

// The error is a sentence.
base::Result<imports::Imported> imported_of(const cli::Arguments& arguments) {
  const std::string path = arguments.text("FILE");
  auto text = file_to_import(path);
  if (!text) return text.error();
  imports::Texts texts{*text};
  base::Result<std::string> targets = std::string();
  if (arguments.has("--targets")) {
    targets = file_to_import(arguments.text("--targets"));
    if (!targets) return targets.error();
    texts.targets = *targets;
  }
  auto imported = imports::read(wanted_format(arguments), texts);
  if (!imported) return base::Error{base::ErrorKind::invalid, path + ": " + imported.error().message};
  return imported;
}

}  // namespace

cli::Command config_import_words() {
  std::vector<std::string> formats;
  for (const Format format : kFormats) formats.emplace_back(to_string(format));
  return {.words = "config import",
          .purpose = cli::Purpose::set_up,
          .summary = "Make a configuration of what another program was told to probe",
          .about =
              "Reads a list of services in JSON, {\"servers\": [...]}, or the configuration of blackbox_exporter, "
              "Gatus or SmokePing. Prints [[probe]] and [[module]] tables for a holter.toml on standard output, each "
              "with the line that it comes from. What cannot be taken is listed on standard error, line by line with "
              "the reason; nothing is left out silently. docs/moving.md tells what becomes of what.\n\n"
              "Ends with 0 when the file was understood, also when something of it could not be taken; with 2 "
              "otherwise.",
          .operands = {{.name = "FILE", .help = "what the other program reads", .kind = cli::Kind::file}},
          .options = {{.name = "--from",
                       .value = "WORD",
                       .help = "Whose it is, where that cannot be seen: list, blackbox, gatus or smokeping",
                       .kind = cli::Kind::choice,
                       .choices = formats},
                      {.name = "--targets",
                       .value = "FILE",
                       .help = "blackbox: the prometheus.yml whose jobs name the targets",
                       .kind = cli::Kind::file}},
          .examples = {{"holter config import services.json > holter.toml", "A list of services as a configuration"}}};
}

int config_import_command(const cli::Arguments& arguments) {
  auto imported = imported_of(arguments);
  if (!imported) {
    print_error(imported.error().message + '\n');
    return kUsage;
  }
  const std::string path = arguments.text("FILE");
  const auto loaded = settings_of(*imported, path, arguments.text("--targets"));
  print(config::show_probes(loaded));
  print_notes(imported->notes, path, arguments.text("--targets"));
  if (!imported->notes.empty()) {
    const std::string modules = counted(loaded.settings.modules.size(), "module");
    print_error(counted(loaded.settings.probes.size(), "probe") +
                (loaded.settings.modules.empty() ? "" : " and " + modules) + " taken\n");
  }
  return kDone;
}

}  // namespace holter::app
