#include "capture/unpacked_stream.h"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <vector>

namespace holter::capture {
namespace {

using base::Bytes;

constexpr std::size_t kChunkBytes = 256 * 1024;

// One format: turns what is waiting into plain bytes.
class Unpacker {
 public:
  struct Step {
    std::size_t used = 0;
    std::size_t made = 0;
  };

  virtual ~Unpacker() = default;

  virtual base::Result<Step> unpack(Bytes waiting, std::span<std::uint8_t> into) = 0;
  // Nothing follows what was unpacked, and it is whole.
  virtual bool may_end() const = 0;
};

base::Error broken(const std::string& format, const std::string& why) {
  return {base::ErrorKind::corrupt, "the " + format + " data is damaged: " + why};
}

class Gunzip final : public Unpacker {
 public:
  Gunzip() { inflateInit2(&stream_, kGzip); }
  Gunzip(const Gunzip&) = delete;
  ~Gunzip() override { inflateEnd(&stream_); }

  base::Result<Step> unpack(Bytes waiting, std::span<std::uint8_t> into) override {
    if (whole_) {  // another member
      inflateReset(&stream_);
      whole_ = false;
    }
    stream_.next_in = const_cast<std::uint8_t*>(waiting.data());  // zlib does not write there
    stream_.avail_in = static_cast<unsigned>(waiting.size());
    stream_.next_out = into.data();
    stream_.avail_out = static_cast<unsigned>(into.size());
    const int result = inflate(&stream_, Z_NO_FLUSH);
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) {
      return broken("gzip", stream_.msg != nullptr ? stream_.msg : "it cannot be unpacked");
    }
    whole_ = result == Z_STREAM_END;
    return Step{waiting.size() - stream_.avail_in, into.size() - stream_.avail_out};
  }
  bool may_end() const override { return whole_; }

 private:
  static constexpr int kGzip = 15 + 16;  // the largest window, and the header of gzip

  z_stream stream_{};
  bool whole_ = false;
};

class Unzstd final : public Unpacker {
 public:
  Unzstd() : stream_(ZSTD_createDStream()) { ZSTD_DCtx_setParameter(stream_, ZSTD_d_windowLogMax, kMaxWindowLog); }
  Unzstd(const Unzstd&) = delete;
  ~Unzstd() override { ZSTD_freeDStream(stream_); }

  base::Result<Step> unpack(Bytes waiting, std::span<std::uint8_t> into) override {
    ZSTD_inBuffer in{waiting.data(), waiting.size(), 0};
    ZSTD_outBuffer out{into.data(), into.size(), 0};
    const std::size_t result = ZSTD_decompressStream(stream_, &out, &in);
    if (ZSTD_isError(result) != 0) return broken("Zstandard", ZSTD_getErrorName(result));
    whole_ = result == 0;
    return Step{in.pos, out.pos};
  }
  bool may_end() const override { return whole_; }

 private:
  ZSTD_DStream* stream_;
  bool whole_ = false;
};

std::unique_ptr<Unpacker> unpacker_for(Bytes beginning) {
  constexpr std::array<std::uint8_t, 2> kGzipMagic = {0x1f, 0x8b};
  constexpr std::array<std::uint8_t, 4> kZstdMagic = {0x28, 0xb5, 0x2f, 0xfd};
  const auto begins = [beginning](Bytes magic) {
    return beginning.size() >= magic.size() && std::ranges::equal(beginning.first(magic.size()), magic);
  };
  if (begins(kGzipMagic)) return std::make_unique<Gunzip>();
  if (begins(kZstdMagic)) return std::make_unique<Unzstd>();
  return nullptr;
}

class UnpackedStream final : public env::InputStream {
 public:
  explicit UnpackedStream(env::InputStream& packed) : packed_(packed), chunk_(kMagicBytes) {}

  base::Result<std::size_t> read_some(std::span<std::uint8_t> into) override {
    if (!recognised_) {
      if (auto known = recognise(); !known) return known.error();
    }
    if (unpacker_) return read_unpacked(into);
    if (begin_ == end_) return packed_.read_some(into);
    const std::size_t n = std::min(into.size(), end_ - begin_);
    std::memcpy(into.data(), chunk_.data() + begin_, n);
    begin_ += n;
    return n;
  }

 private:
  static constexpr std::size_t kMagicBytes = 4;

  base::Result<void> recognise() {
    recognised_ = true;
    while (end_ < kMagicBytes) {
      const auto got = packed_.read_some(std::span(chunk_).subspan(end_));
      if (!got) return got.error();
      if (*got == 0) break;
      end_ += *got;
    }
    unpacker_ = unpacker_for(Bytes(chunk_).first(end_));
    if (unpacker_) chunk_.resize(kChunkBytes);
    return {};
  }

  base::Result<std::size_t> read_unpacked(std::span<std::uint8_t> into) {
    for (;;) {
      if (begin_ == end_ && !ended_) {
        const auto got = packed_.read_some(chunk_);
        if (!got) return got.error();
        begin_ = 0;
        end_ = *got;
        ended_ = *got == 0;
      }
      if (ended_ && unpacker_->may_end()) return std::size_t{0};
      const auto step = unpacker_->unpack(Bytes(chunk_).subspan(begin_, end_ - begin_), into);
      if (!step) return step.error();
      begin_ += step->used;
      if (step->made != 0) return step->made;
      if (ended_) return broken("packed", "it stops before its end");
    }
  }

  env::InputStream& packed_;
  std::vector<std::uint8_t> chunk_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool recognised_ = false;
  bool ended_ = false;
  std::unique_ptr<Unpacker> unpacker_;
};

}  // namespace

std::unique_ptr<env::InputStream> unpacked(env::InputStream& packed) {
  return std::make_unique<UnpackedStream>(packed);
}

}  // namespace holter::capture
