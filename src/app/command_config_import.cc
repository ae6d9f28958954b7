// `holter config import`: what others have written down to be probed, as a holter.toml.
#include <fmt/format.h>

#include "app/commands.h"
#include "app/imported_text.h"
#include "app/terminal.h"
#include "config/show.h"
#include "imports/list.h"
#include "probe/probers.h"

namespace holter::app {
namespace {

std::string counted(std::size_t count, const std::string& noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

// The probes that this holter can run; the others become notes.
config::Loaded settings_of(imports::Imported& imported, const std::string& path) {
  config::Loaded loaded;
  for (const auto& entry : imported.probes) {
    std::string fault = entry.fault;
    if (fault.empty()) {
      if (const auto mistake = probe::Probers::mistake_in(entry.plan)) fault = mistake->text;
    }
    if (!fault.empty()) {
      imported.note(entry.line, '\'' + base::UntrustedText(entry.plan.name).for_terminal() + "': " + fault);
      continue;
    }
    loaded.settings.probes.push_back(entry.plan);
    loaded.origins["probe " + entry.plan.name] = fmt::format("{}:{}", path, entry.line);
  }
  return loaded;
}

}  // namespace

cli::Command config_import_words() {
  return {.words = "config import",
          .purpose = cli::Purpose::set_up,
          .summary = "Make a configuration of what another program was told to probe",
          .about =
              "Reads a list of services in JSON, {\"servers\": [...]}. Prints [[probe]] tables for a holter.toml on "
              "standard output, each with the line that it comes from. What cannot be taken is listed on standard "
              "error, line by line with the reason; nothing is left out silently. docs/moving.md tells what becomes of "
              "what.\n\n"
              "Ends with 0 when the file was understood, also when something of it could not be taken; with 2 "
              "otherwise.",
          .operands = {{.name = "FILE", .help = "what the other program reads", .kind = cli::Kind::file}},
          .examples = {{"holter config import services.json > holter.toml", "A list of services as a configuration"}}};
}

int config_import_command(const cli::Arguments& arguments) {
  const std::string path = arguments.text("FILE");
  const auto text = file_to_import(path);
  if (!text) {
    print_error(text.error().message + '\n');
    return kUsage;
  }
  auto imported = imports::read_list(*text);
  if (!imported) {
    print_error(path + ": " + imported.error().message + '\n');
    return kUsage;
  }
  const auto loaded = settings_of(*imported, path);
  print(config::show_probes(loaded));
  print_error(notes_text(path, imported->notes));
  if (!imported->notes.empty()) print_error(counted(loaded.settings.probes.size(), "probe") + " taken\n");
  return kDone;
}

}  // namespace holter::app
