#include "http/content_coding.h"

#include <brotli/decode.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <memory>

namespace holter::http {
namespace {

using base::Error;
using base::ErrorKind;

constexpr std::size_t kPartBytes = 16 * 1024;
constexpr int kWindowBits = 15;
constexpr int kGzipFormat = 16;
constexpr std::string_view kGzipMagic = "\x1f\x8b";

std::string lower(std::string_view text) {
  std::string lowered;
  for (const char c : text) {
    if (c != ' ' && c != '\t') lowered += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  }
  return lowered;
}

// Where unpacked bytes go, and what says that there are too many.
class Sink {
 public:
  Sink(std::string_view coding, std::size_t packed, std::size_t max_bytes, std::size_t keep)
      : coding_(coding), packed_(packed), max_bytes_(max_bytes), keep_(std::min(keep, max_bytes)) {}

  base::Result<void> take(std::string_view part) {
    unpacked_.bytes += part.size();
    if (unpacked_.bytes > max_bytes_) return too_large("larger than " + std::to_string(max_bytes_) + " bytes");
    if (unpacked_.bytes > kUnpackFreeBytes && unpacked_.bytes > packed_ * kMaxUnpackRatio) {
      return too_large("more than " + std::to_string(kMaxUnpackRatio) + " times as large");
    }
    unpacked_.text.append(part.substr(0, keep_ - unpacked_.text.size()));
    return {};
  }
  Error broken(std::string_view how) const {
    return {ErrorKind::corrupt, "the " + std::string(coding_) + " body " + std::string(how)};
  }
  Unpacked done() { return std::move(unpacked_); }

 private:
  Error too_large(const std::string& how) const {
    return {ErrorKind::too_large, "the " + std::string(coding_) + " body of " + std::to_string(packed_) + " bytes is " +
                                      how + " when unpacked"};
  }

  std::string_view coding_;
  std::size_t packed_;
  std::size_t max_bytes_;
  std::size_t keep_;
  Unpacked unpacked_;
};

struct EndInflate {
  void operator()(z_stream* stream) const {
    inflateEnd(stream);
    delete stream;
  }
};

// "deflate" is zlib's format (RFC 1950); some send the bare one (RFC 1951).
int window_of(std::string_view coding, std::string_view body) {
  if (coding != "deflate") return kWindowBits + kGzipFormat;
  const auto first = static_cast<unsigned char>(body[0]);
  const auto second = body.size() > 1 ? static_cast<unsigned char>(body[1]) : 0U;
  const bool zlib = (first & 0x0fU) == Z_DEFLATED && (first * 256U + second) % 31U == 0;
  return zlib ? kWindowBits : -kWindowBits;
}

base::Result<void> inflate_all(std::string_view coding, std::string_view body, Sink& sink) {
  const std::unique_ptr<z_stream, EndInflate> stream(new z_stream{});
  if (inflateInit2(stream.get(), window_of(coding, body)) != Z_OK) {
    return Error{ErrorKind::full, "zlib has no memory"};
  }
  std::array<char, kPartBytes> part{};
  stream->next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
  stream->avail_in = static_cast<uInt>(body.size());
  for (;;) {
    stream->next_out = reinterpret_cast<Bytef*>(part.data());
    stream->avail_out = part.size();
    const int state = inflate(stream.get(), Z_NO_FLUSH);
    const std::size_t got = part.size() - stream->avail_out;
    if (const auto taken = sink.take({part.data(), got}); !taken) return taken.error();
    if (state == Z_STREAM_END) {
      const std::string_view rest = body.substr(body.size() - stream->avail_in);
      if (rest.empty()) return {};
      // RFC 1952: a gzip file may have several members.
      const bool more = coding != "deflate" && rest.starts_with(kGzipMagic) && inflateReset(stream.get()) == Z_OK;
      if (!more) return sink.broken("is followed by something else");
    } else if (state == Z_BUF_ERROR || (state == Z_OK && stream->avail_in == 0 && stream->avail_out != 0)) {
      return sink.broken("breaks off");
    } else if (state != Z_OK) {
      return sink.broken("is broken");
    }
  }
}

base::Result<void> unbrotli_all(std::string_view body, Sink& sink) {
  const std::unique_ptr<BrotliDecoderState, void (*)(BrotliDecoderState*)> state(
      BrotliDecoderCreateInstance(nullptr, nullptr, nullptr), BrotliDecoderDestroyInstance);
  if (!state) return Error{ErrorKind::full, "brotli has no memory"};
  std::array<std::uint8_t, kPartBytes> part{};
  const auto* in = reinterpret_cast<const std::uint8_t*>(body.data());
  std::size_t in_left = body.size();
  for (;;) {
    std::uint8_t* out = part.data();
    std::size_t out_left = part.size();
    const auto result = BrotliDecoderDecompressStream(state.get(), &in_left, &in, &out_left, &out, nullptr);
    const std::size_t got = part.size() - out_left;
    if (const auto taken = sink.take({reinterpret_cast<const char*>(part.data()), got}); !taken) return taken.error();
    if (result == BROTLI_DECODER_RESULT_ERROR) return sink.broken("is broken");
    if (result == BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT) return sink.broken("breaks off");
    if (result == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT) continue;
    if (in_left > 0) return sink.broken("is followed by something else");
    return {};
  }
}

}  // namespace

base::Result<Unpacked> unpack(std::string_view coding, std::string_view body, std::size_t max_bytes, std::size_t keep) {
  const std::string name = lower(coding);
  if (body.size() > max_bytes) {
    return Error{ErrorKind::too_large, "the body is larger than " + std::to_string(max_bytes) + " bytes"};
  }
  if (name.find(',') != name.npos) return Error{ErrorKind::corrupt, "the body is coded more than once"};
  const bool zipped = name == "gzip" || name == "x-gzip" || name == "deflate";
  if (body.empty() || (!zipped && name != "br")) return Unpacked{std::string(body.substr(0, keep)), body.size()};
  Sink sink(name, body.size(), max_bytes, keep);
  const auto done = zipped ? inflate_all(name, body, sink) : unbrotli_all(body, sink);
  if (!done) return done.error();
  return sink.done();
}

}  // namespace holter::http
