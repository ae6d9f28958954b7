// `holter completion`, `holter manual` and `holter version`: what the grammar says of itself.
#include "app/commands.h"
#include "app/terminal.h"
#include "app/version.h"
#include "base/untrusted_text.h"
#include "cli/completion.h"
#include "cli/manual.h"
#include "cli/markdown.h"

namespace holter::app {

cli::Command completion_words() {
  return {.words = "completion",
          .purpose = cli::Purpose::help,
          .summary = "Print the completions for a shell",
          .about = "The package installs them. By hand: `source <(holter completion bash)`.",
          .operands = {{"SHELL", "bash, zsh or fish", cli::Kind::choice, {"bash", "zsh", "fish"}}},
          .examples = {{"holter completion bash", "The script that bash loads"}}};
}

int completion_command(const cli::Arguments& arguments) {
  const auto all = grammar();
  const std::string shell = arguments.text("SHELL");
  print(shell == "bash" ? bash_completion(all) : shell == "zsh" ? zsh_completion(all) : fish_completion(all));
  return kDone;
}

cli::Command manual_words() {
  return {
      .words = "manual",
      .purpose = cli::Purpose::help,
      .summary = "Print the source of a manual page, for scdoc",
      .about = "The package installs the pages. Without a name: of holter(1), which lists the commands.",
      .operands = {{"PAGE", "a page's name, as holter-run", cli::Kind::text, {}, false}},
      .options = {{.name = "--list", .help = "The names of all pages"},
                  {.name = "--markdown", .help = "All commands in one page of Markdown instead (docs/commands.md)"}},
      .examples = {{"holter manual holter-status", "The page of `holter status`"},
                   {"holter manual --list", "The names of all pages"}}};
}

int manual_command(const cli::Arguments& arguments) {
  const auto all = grammar();
  if (arguments.has("--markdown")) {
    print(markdown(all));
    return kDone;
  }
  const std::string wanted = arguments.text("PAGE", "holter");
  std::string names = "holter\n";
  for (const auto& command : all) {
    names += manual_name(command) + '\n';
    if (manual_name(command) != wanted || arguments.has("--list")) continue;
    print(manual(command));
    return kDone;
  }
  if (arguments.has("--list") || wanted == "holter") {
    print(arguments.has("--list") ? names : manual(all, kProgram));
    return kDone;
  }
  print_error("there is no page '" + base::UntrustedText(wanted).for_terminal() +
              "'; `holter manual --list` names all\n");
  return kUsage;
}

cli::Command version_words() {
  return {.words = "version",
          .purpose = cli::Purpose::help,
          .summary = "Show the version",
          .examples = {{"holter version", "The version"}}};
}

int version_command(const cli::Arguments&) {
  print(version_text());
  return kDone;
}

}  // namespace holter::app
