#include "env/linux/streams.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/untrusted_text.h"
#include "env/linux/os_error.h"
#include "env/linux/privileges.h"
#include "env/linux/unique_fd.h"

namespace holter::env_linux {
namespace {

constexpr mode_t kFileMode = 0600;

std::string shown(const std::string& path) { return base::UntrustedText(path).for_terminal(); }

// Whoever shares our end of a pipe may have made it non-blocking.
bool wait_until(int fd, short events) {
  pollfd wanted{fd, events, 0};
  return ::poll(&wanted, 1, -1) >= 0 || errno == EINTR;
}

class Input final : public env::InputStream {
 public:
  Input(std::string name, UniqueFd owned, int fd) : name_(std::move(name)), owned_(std::move(owned)), fd_(fd) {}

  base::Result<std::size_t> read_some(std::span<std::uint8_t> into) override {
    for (;;) {
      const ssize_t got = ::read(fd_, into.data(), into.size());
      if (got >= 0) return static_cast<std::size_t>(got);
      const int error = errno;
      if (error == EINTR || (error == EAGAIN && wait_until(fd_, POLLIN))) continue;
      return os_error("cannot read " + name_, error);
    }
  }

  std::uint64_t size() const override {
    struct stat status{};
    const bool known = ::fstat(fd_, &status) == 0 && S_ISREG(status.st_mode);
    return known ? static_cast<std::uint64_t>(status.st_size) : 0;
  }

 private:
  std::string name_;
  UniqueFd owned_;  // empty for standard input
  int fd_;
};

class Output final : public env::OutputStream {
 public:
  Output(std::string name, UniqueFd owned, int fd) : name_(std::move(name)), owned_(std::move(owned)), fd_(fd) {}

  base::Result<void> write_all(base::Bytes bytes) override {
    while (!bytes.empty()) {
      const ssize_t put = ::write(fd_, bytes.data(), bytes.size());
      if (put < 0) {
        const int error = errno;
        if (error == EINTR || (error == EAGAIN && wait_until(fd_, POLLOUT))) continue;
        return os_error("cannot write to " + name_, error);
      }
      written_ += static_cast<std::uint64_t>(put);
      bytes = bytes.subspan(static_cast<std::size_t>(put));
    }
    return {};
  }
  std::uint64_t written() const override { return written_; }
  base::Result<void> cut_to(std::uint64_t bytes) override {
    if (::ftruncate(fd_, static_cast<off_t>(bytes)) == 0) return {};
    const int error = errno;
    if (error == EINVAL) return base::Error{base::ErrorKind::unsupported, name_ + " cannot be made shorter"};
    return os_error("cannot make shorter " + name_, error);
  }

 private:
  std::string name_;
  UniqueFd owned_;  // empty for standard output
  int fd_;
  std::uint64_t written_ = 0;
};

bool is_regular(int fd) {
  struct stat status{};
  return ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

void give_to_sudo_caller(int fd) {
  const auto caller = sudo_account();
  if (::geteuid() != 0 || !caller) return;
  // Where it cannot be given (another user namespace), it stays root's.
  [[maybe_unused]] const int given = ::fchown(fd, caller->user, caller->group);
}

}  // namespace

base::Result<std::unique_ptr<env::InputStream>> open_input(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return os_error("cannot open " + shown(path), errno);
  struct stat status{};
  if (::fstat(fd.get(), &status) == 0 && S_ISDIR(status.st_mode)) {
    return base::Error{base::ErrorKind::invalid, shown(path) + " is a directory, not a file"};
  }
  const int number = fd.get();
  return std::unique_ptr<env::InputStream>(new Input(shown(path), std::move(fd), number));
}

std::unique_ptr<env::InputStream> standard_input() {
  return std::make_unique<Input>("standard input", UniqueFd(), STDIN_FILENO);
}

base::Result<UniqueFd> open_file(const std::string& path, Existing existing) {
  UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kFileMode));
  if (fd) {
    give_to_sudo_caller(fd.get());
  } else if (errno == EEXIST) {
    fd.reset(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (fd && is_regular(fd.get())) {
      if (existing == Existing::refuse) return base::Error{base::ErrorKind::exists, shown(path) + " exists"};
      if (::ftruncate(fd.get(), 0) != 0) return os_error("cannot empty " + shown(path), errno);
    }
  }
  if (!fd) return os_error("cannot open " + shown(path), errno);
  return fd;
}

std::unique_ptr<env::OutputStream> output_to(const std::string& path, UniqueFd file) {
  const int number = file.get();
  return std::make_unique<Output>(shown(path), std::move(file), number);
}

base::Result<std::unique_ptr<env::OutputStream>> open_output(const std::string& path, Existing existing) {
  auto file = open_file(path, existing);
  if (!file) return file.error();
  return output_to(path, std::move(*file));
}

std::unique_ptr<env::OutputStream> standard_output() {
  return std::make_unique<Output>("standard output", UniqueFd(), STDOUT_FILENO);
}

}  // namespace holter::env_linux
