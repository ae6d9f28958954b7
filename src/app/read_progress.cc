#include "app/read_progress.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/terminal.h"
#include "base/units.h"

namespace holter::app {
namespace {

constexpr std::uint64_t kLongFile = 64 * 1024 * 1024;
constexpr std::uint64_t kStep = 8 * 1024 * 1024;  // bytes between two drawings

}  // namespace

std::string progress_bar(std::uint64_t done, std::uint64_t all) {
  constexpr std::uint64_t kWidth = 30;
  const std::uint64_t share = std::min(done, all) * 100 / all;
  return fmt::format("[{:<30}] {:>3} % of {}", std::string(share * kWidth / 100, '='), share, base::size_text(all));
}

// While packets are shown on the same terminal, they are progress enough.
ReadProgress::ReadProgress(env::InputStream& input)
    : input_(input), size_(input.size()), screen_(output_is_terminal() ? std::nullopt : error_screen()) {
  if (size_ < kLongFile) screen_.reset();
}

base::Result<std::size_t> ReadProgress::read_some(std::span<std::uint8_t> into) {
  auto got = input_.read_some(into);
  if (!got || !screen_) return got;
  read_ += *got;
  if (read_ - drawn_at_ >= kStep) draw();
  return got;
}

void ReadProgress::draw() {
  drawn_at_ = read_;
  draw_error(line_.draw(progress_bar(read_, size_), *screen_));
}

void ReadProgress::clear() { draw_error(line_.clear()); }

}  // namespace holter::app
