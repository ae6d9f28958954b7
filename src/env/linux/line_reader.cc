#include "env/linux/line_reader.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "env/linux/line_splitter.h"
#include "env/linux/os_error.h"
#include "env/linux/unique_fd.h"

namespace holter::env_linux {

// Used by the worker alone, but for close().
class LineReader::Input {
 public:
  Input(int fd, UniqueFd closing) : fd_(fd), closing_(std::move(closing)) {}

  void close() {
    const std::uint64_t one = 1;
    while (::write(closing_.get(), &one, sizeof(one)) < 0 && errno == EINTR) {
    }
  }

  std::optional<std::string> next() {
    for (;;) {
      if (auto line = lines_.next()) return line;
      if (lines_.finished() || !read()) return std::nullopt;
    }
  }

 private:
  // False after close().
  bool read() {
    std::array<pollfd, 2> wanted{{{fd_, POLLIN, 0}, {closing_.get(), POLLIN, 0}}};
    if (::poll(wanted.data(), wanted.size(), -1) < 0) return errno == EINTR;
    if (wanted[1].revents != 0) return false;
    std::array<char, 4'096> bytes;
    const ssize_t got = ::read(fd_, bytes.data(), bytes.size());
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) return true;
    if (got > 0) {
      lines_.add({bytes.data(), static_cast<std::size_t>(got)});
    } else {
      lines_.end();
    }
    return true;
  }

  int fd_;
  UniqueFd closing_;
  LineSplitter lines_{kMaxLineBytes};
};

LineReader::LineReader(env::Offload& offload, std::shared_ptr<Input> input)
    : offload_(offload), input_(std::move(input)) {}

LineReader::~LineReader() { close(); }

base::Result<std::unique_ptr<LineReader>> LineReader::create(env::Offload& offload, int fd) {
  UniqueFd closing(::eventfd(0, EFD_CLOEXEC));
  if (!closing) return os_error("cannot wait for lines", errno);
  auto input = std::make_shared<Input>(fd, std::move(closing));
  return std::unique_ptr<LineReader>(new LineReader(offload, std::move(input)));
}

env::Task<std::optional<std::string>> LineReader::next() {
  const auto input = input_;
  auto reading = offload_.run([input] { return input->next(); });
  co_return co_await std::move(reading);
}

void LineReader::close() { input_->close(); }

}  // namespace holter::env_linux
