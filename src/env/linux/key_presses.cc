#include "env/linux/key_presses.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "env/linux/cancellation.h"

namespace holter::env_linux {
namespace asio = boost::asio;

struct KeyPresses::State {
  explicit State(const asio::any_io_executor& executor)
      : input(executor, ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)),
        ended(executor),
        terminal(::tcgetattr(STDIN_FILENO, &before) == 0) {}

  termios before{};
  asio::posix::stream_descriptor input;
  env::Signal ended;  // never comes: nobody presses a key any more
  bool terminal;
};

KeyPresses::KeyPresses(const asio::any_io_executor& executor) : state_(std::make_shared<State>(executor)) { take(); }
KeyPresses::~KeyPresses() { release(); }

void KeyPresses::take() {
  if (!state_->terminal) return;
  termios quiet = state_->before;
  quiet.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
  ::tcsetattr(STDIN_FILENO, TCSADRAIN, &quiet);
}

void KeyPresses::release() {
  if (state_->terminal) ::tcsetattr(STDIN_FILENO, TCSADRAIN, &state_->before);
}

std::size_t KeyPresses::rows() const {
  winsize size{};
  return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 ? size.ws_row : 24;
}

env::Task<char> KeyPresses::next() {
  const auto state = state_;
  while (state->terminal) {
    boost::system::error_code code;
    co_await state->input.async_wait(asio::posix::stream_descriptor::wait_read,
                                     asio::redirect_error(asio::use_awaitable, code));
    co_await unwind_if_cancelled();
    char key = 0;
    const auto got = code ? 0 : ::read(STDIN_FILENO, &key, 1);
    if (got == 1) co_return key;
    if (got == 0) state->terminal = false;
  }
  for (;;) co_await state->ended.wait();
}

}  // namespace holter::env_linux
