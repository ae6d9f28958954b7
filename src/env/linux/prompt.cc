#include "env/linux/prompt.h"

#include <unistd.h>

#include <cstdlib>
#include <string_view>

#include "env/linux/line_editor.h"
#include "env/linux/plain_lines.h"

namespace holter::env_linux {
namespace {

bool terminal_moves_its_cursor() {
  const char* kind = std::getenv("TERM");
  return kind != nullptr && *kind != '\0' && std::string_view(kind) != "dumb";
}

}  // namespace

std::unique_ptr<env::Prompt> make_prompt(const boost::asio::any_io_executor& executor) {
  const bool person = ::isatty(STDIN_FILENO) != 0 && ::isatty(STDOUT_FILENO) != 0;
  if (person && terminal_moves_its_cursor()) return std::make_unique<LineEditor>(executor);
  return std::make_unique<PlainLines>(executor, person);
}

}  // namespace holter::env_linux
