#include "env/linux/plain_lines.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>

#include "env/linux/cancellation.h"
#include "env/linux/line_splitter.h"
#include "env/linux/os_error.h"
#include "env/linux/write_out.h"

namespace holter::env_linux {
namespace asio = boost::asio;

struct PlainLines::State {
  explicit State(const asio::any_io_executor& executor) : input(executor, ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)) {}

  asio::posix::stream_descriptor input;
  LineSplitter lines{env::kMaxPromptLine};
};

PlainLines::PlainLines(const asio::any_io_executor& executor, bool person)
    : person_(person), state_(std::make_shared<State>(executor)) {}
PlainLines::~PlainLines() = default;

env::Task<base::Result<std::optional<std::string>>> PlainLines::next_line(std::string question, env::Remember) {
  if (person_) print(question);
  const auto state = state_;
  for (;;) {
    if (auto line = state->lines.next()) {
      if (line->ends_with('\r')) line->pop_back();
      co_return std::move(line);
    }
    if (state->lines.finished()) co_return std::optional<std::string>();
    boost::system::error_code code;
    co_await state->input.async_wait(asio::posix::stream_descriptor::wait_read,
                                     asio::redirect_error(asio::use_awaitable, code));
    co_await unwind_if_cancelled();
    // A regular file cannot be waited for, and need not be.
    if (code && code != asio::error::operation_not_supported)
      co_return os_error("cannot wait for a line", code.value());
    std::array<char, 4096> bytes{};
    const auto got = ::read(STDIN_FILENO, bytes.data(), bytes.size());
    if (got < 0 && errno != EINTR && errno != EAGAIN) co_return os_error("cannot read a line", errno);
    if (got == 0) state->lines.end();
    if (got > 0) state->lines.add({bytes.data(), static_cast<std::size_t>(got)});
  }
}

void PlainLines::print(std::string_view text) { write_out(STDOUT_FILENO, text); }
void PlainLines::complain(std::string_view text) { write_out(STDERR_FILENO, text); }

}  // namespace holter::env_linux
