// What the terminal of this process can show, and the only place where commands print.
#pragma once

#include <optional>
#include <string_view>

#include "term/screen.h"

namespace holter::app {

// Width and colours of standard output: 80 columns and none when it is not a terminal.
term::Screen this_screen();

// The same for lists: into a pipe or a file nothing is cut.
term::Screen list_screen();

// The same for standard error; nothing when it is not a terminal.
std::optional<term::Screen> error_screen();
bool output_is_terminal();

// Text that is already safe to show.
void print(std::string_view text);
// A sentence; a name in it that would act on the screen (of a path, say) is shown escaped.
void print_error(std::string_view text);
// On standard error as it is: what term draws for a terminal, cursor movements and all.
void draw_error(std::string_view drawn);

}  // namespace holter::app
