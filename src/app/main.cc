// holter. Reads the command line and hands over to the command.
#include "app/command_line.h"
#include "app/commands.h"
#include "app/terminal.h"

namespace holter::app {
namespace {

struct Dispatch {
  int operator()(RunOptions options) const { return run_command(std::move(options)); }
  int operator()(PulseOptions options) const { return pulse_command(std::move(options)); }
  int operator()(StatusOptions options) const { return status_command(std::move(options)); }
  int operator()(const ShowText& show) const {
    print(show.text);
    return kDone;
  }
  int operator()(const UsageError& error) const {
    print_error(error.text);
    return kUsage;
  }
};

}  // namespace
}  // namespace holter::app

int main(int argc, char** argv) {
  return std::visit(holter::app::Dispatch(), holter::app::parse_command_line(argc, argv));
}
