// How far the reading of a long file is, as a bar on standard error when that is a terminal: a stream that is read
// through it. What it shows depends on the bytes read alone, so that it needs no clock. One thread.
#pragma once

#include <optional>

#include "env/streams.h"
#include "term/screen.h"
#include "term/status_line.h"

namespace holter::app {

class ReadProgress final : public env::InputStream {
 public:
  // `input` outlives it.
  explicit ReadProgress(env::InputStream& input);
  ~ReadProgress() override { clear(); }

  base::Result<std::size_t> read_some(std::span<std::uint8_t> into) override;
  // Before anything else is written there.
  void clear();

 private:
  void draw();

  env::InputStream& input_;
  std::uint64_t size_;
  std::uint64_t read_ = 0;
  std::uint64_t drawn_at_ = 0;
  std::optional<term::Screen> screen_;
  term::StatusLine line_;
};

// "[=========           ]  45 % of 2.1 GiB". Pure; of 0 bytes nothing is known.
std::string progress_bar(std::uint64_t done, std::uint64_t all);

}  // namespace holter::app
