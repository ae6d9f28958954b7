#include "app/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace holter::app {

term::Screen this_screen() {
  term::Screen screen;
  if (isatty(STDOUT_FILENO) == 0) return screen;
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) screen.width = size.ws_col;
  const char* no_colour = std::getenv("NO_COLOR");
  screen.colours = no_colour == nullptr || *no_colour == '\0';
  return screen;
}

term::Screen list_screen() {
  constexpr std::size_t kAsWideAsItTakes = 1'000'000;
  term::Screen screen = this_screen();
  if (isatty(STDOUT_FILENO) == 0) screen.width = kAsWideAsItTakes;
  return screen;
}

void print(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

void print_error(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stderr); }

}  // namespace holter::app
