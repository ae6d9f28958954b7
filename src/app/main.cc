// holter. Reads the command line and hands over to the command.
#include "app/commands.h"
#include "app/terminal.h"
#include "app/version.h"
#include "cli/help.h"
#include "cli/parse.h"
#include "env/linux/standard_streams.h"

namespace holter::app {
namespace {

struct Dispatch {
  cli::Grammar grammar;

  int operator()(const cli::Arguments& arguments) const { return run(arguments); }
  int operator()(const cli::HelpWish& wish) const {
    const auto screen = this_screen();
    const std::string program = std::string("holter ") + kVersion + ", " + kProgram;
    print(wish.command == nullptr ? help(grammar, program, screen) : help(*wish.command, screen));
    return kDone;
  }
  int operator()(const cli::VersionWish&) const {
    print(version_text());
    return kDone;
  }
  int operator()(const cli::UsageError& error) const {
    print_error(error.text);
    return kUsage;
  }
};

}  // namespace
}  // namespace holter::app

int main(int argc, char** argv) {
  holter::env_linux::open_standard_streams();
  const auto grammar = holter::app::grammar();
  return std::visit(holter::app::Dispatch{grammar}, holter::cli::parse(grammar, argc, argv));
}
