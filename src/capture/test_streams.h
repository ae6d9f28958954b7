// Streams in memory for tests: an input that comes in small pieces, an output with room for so many bytes. Tests only.
#pragma once

#include <algorithm>
#include <vector>

#include "env/streams.h"

namespace holter::capture::test {

class MemoryInput final : public env::InputStream {
 public:
  explicit MemoryInput(base::Bytes bytes, std::size_t piece = 7) : bytes_(bytes), piece_(piece) {}
  base::Result<std::size_t> read_some(std::span<std::uint8_t> into) override {
    const base::Bytes part = bytes_.subspan(at_, std::min({piece_, into.size(), bytes_.size() - at_}));
    std::ranges::copy(part, into.begin());
    at_ += part.size();
    return part.size();
  }
  std::size_t read() const { return at_; }

 private:
  base::Bytes bytes_;
  std::size_t piece_;
  std::size_t at_ = 0;
};

class MemoryOutput final : public env::OutputStream {
 public:
  explicit MemoryOutput(std::size_t room = SIZE_MAX, base::ErrorKind when_full = base::ErrorKind::full)
      : room_(room), when_full_(when_full) {}
  base::Result<void> write_all(base::Bytes part) override {
    const std::size_t n = std::min(part.size(), room_ - bytes.size());
    bytes.insert(bytes.end(), part.begin(), part.begin() + static_cast<std::ptrdiff_t>(n));
    written_ += n;
    if (n < part.size()) return base::Error{when_full_, "no room"};
    return {};
  }
  std::uint64_t written() const override { return written_; }
  base::Result<void> cut_to(std::uint64_t size) override {
    bytes.resize(static_cast<std::size_t>(size));
    return {};
  }
  std::string text() const { return {bytes.begin(), bytes.end()}; }

  std::vector<std::uint8_t> bytes;

 private:
  std::size_t room_;
  base::ErrorKind when_full_;
  std::uint64_t written_ = 0;
};

}  // namespace holter::capture::test
