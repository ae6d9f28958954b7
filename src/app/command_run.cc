#include "app/commands.h"
#include "app/terminal.h"
namespace holter::app {
int run_command(RunOptions) { return kFailed; }
}
