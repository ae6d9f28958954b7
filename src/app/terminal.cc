#include "app/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "base/untrusted_text.h"

namespace holter::app {

namespace {

term::Screen screen_of(int fd) {
  term::Screen screen;
  winsize size{};
  if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) screen.width = size.ws_col;
  const char* no_colour = std::getenv("NO_COLOR");
  screen.colours = no_colour == nullptr || *no_colour == '\0';
  return screen;
}

}  // namespace

bool output_is_terminal() { return isatty(STDOUT_FILENO) != 0; }

term::Screen this_screen() { return output_is_terminal() ? screen_of(STDOUT_FILENO) : term::Screen(); }

std::optional<term::Screen> error_screen() {
  if (isatty(STDERR_FILENO) == 0) return std::nullopt;
  return screen_of(STDERR_FILENO);
}

term::Screen list_screen() {
  constexpr std::size_t kAsWideAsItTakes = 1'000'000;
  term::Screen screen = this_screen();
  if (!output_is_terminal()) screen.width = kAsWideAsItTakes;
  return screen;
}

void print(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

void print_error(std::string_view text) {
  const std::string shown = base::visible(text, base::Lines::keep);
  std::fwrite(shown.data(), 1, shown.size(), stderr);
}

void draw_error(std::string_view drawn) { std::fwrite(drawn.data(), 1, drawn.size(), stderr); }

}  // namespace holter::app
