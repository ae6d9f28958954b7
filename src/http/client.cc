#include "http/client.h"

#include <algorithm>
#include <array>
#include <utility>

#include "http/codec.h"

namespace holter::http {
namespace {

base::Bytes bytes_of(const std::string& text) {
  return base::Bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
}

env::Task<base::Result<Response>> exchange(env::Env env, std::string socket_path, std::string request) {
  auto stream = co_await env.network.connect_local(std::move(socket_path));
  if (!stream) co_return stream.error();
  const auto written = co_await (*stream)->write_all(bytes_of(request));
  if (!written) co_return written.error();
  ResponseParser parser;
  std::array<std::uint8_t, 16 * 1024> chunk;
  while (!parser.is_done()) {
    const auto got = co_await (*stream)->read_some(chunk);
    if (got) {
      const auto fed = parser.feed(base::Bytes(chunk).first(*got));
      if (!fed) co_return fed.error();
      continue;
    }
    if (got.error().kind != base::ErrorKind::closed) co_return got.error();
    parser.end_of_stream();
    if (!parser.is_done()) co_return got.error();
  }
  co_return parser.take();
}

}  // namespace

env::Task<base::Result<Response>> get_local(env::Env env, std::string socket_path, std::string path,
                                            base::Duration deadline) {
  return ask_local(env, "GET", std::move(socket_path), std::move(path), deadline);
}

env::Task<base::Result<Response>> ask_local(env::Env env, std::string method, std::string socket_path, std::string path,
                                            base::Duration deadline) {
  auto exchanging = exchange(env, std::move(socket_path), serialize_request(method, path));
  co_return co_await env::with_deadline<Response>(env.clock, env.clock.now() + deadline, std::move(exchanging));
}

LocalStream::LocalStream(std::unique_ptr<env::ByteStream> stream)
    : stream_(std::move(stream)), parser_(std::make_unique<ResponseParser>()) {}
LocalStream::~LocalStream() = default;

env::Task<base::Result<std::unique_ptr<LocalStream>>> LocalStream::open(env::Env env, std::string socket_path,
                                                                        std::string path, base::Duration deadline) {
  auto beginning = begin(env, std::move(socket_path), std::move(path));
  co_return co_await env::with_deadline<std::unique_ptr<LocalStream>>(env.clock, env.clock.now() + deadline,
                                                                      std::move(beginning));
}

env::Task<base::Result<std::unique_ptr<LocalStream>>> LocalStream::begin(env::Env env, std::string socket_path,
                                                                         std::string path) {
  auto stream = co_await env.network.connect_local(std::move(socket_path));
  if (!stream) co_return stream.error();
  const std::string request = serialize_request("GET", path);
  const auto written = co_await (*stream)->write_all(bytes_of(request));
  if (!written) co_return written.error();
  std::unique_ptr<LocalStream> local(new LocalStream(std::move(*stream)));
  while (local->parser_->status() == 0) {
    const auto more = co_await local->read_more();
    if (!more) co_return more.error();
    if (!*more) co_return base::Error{base::ErrorKind::closed, "it closed the connection without an answer"};
  }
  co_return local;
}

int LocalStream::status() const { return parser_->status(); }

env::Task<base::Result<bool>> LocalStream::read_more() {
  if (parser_->is_done()) co_return false;
  std::array<std::uint8_t, 16 * 1024> chunk;
  const auto got = co_await stream_->read_some(chunk);
  if (got) {
    const auto fed = parser_->feed(base::Bytes(chunk).first(*got));
    if (!fed) co_return fed.error();
  } else if (got.error().kind != base::ErrorKind::closed) {
    co_return got.error();
  }
  text_ += parser_->take_body();
  co_return got.has_value();
}

env::Task<base::Result<std::optional<std::string>>> LocalStream::next_line() {
  for (;;) {
    const auto end = text_.find('\n', std::max(begin_, looked_));
    if (end != text_.npos) {
      std::optional<std::string> line = text_.substr(begin_, end - begin_);
      begin_ = end + 1;
      co_return line;
    }
    text_.erase(0, std::exchange(begin_, 0));
    looked_ = text_.size();
    if (looked_ > kMaxLineBytes) co_return base::Error{base::ErrorKind::too_large, "a line is longer than holter's"};
    const auto more = co_await read_more();
    if (!more) co_return more.error();
    if (!*more) co_return std::optional<std::string>();
  }
}

env::Task<base::Result<std::string>> LocalStream::next_piece() {
  while (text_.empty()) {
    const auto more = co_await read_more();
    if (!more) co_return more.error();
    if (!*more) co_return std::move(text_);
  }
  co_return std::exchange(text_, {});
}

bool LocalStream::has_line() const { return text_.find('\n', begin_) != text_.npos; }

env::Task<base::Result<std::string>> LocalStream::rest() {
  for (;;) {
    if (text_.size() > kMaxRefusalBytes) co_return base::Error{base::ErrorKind::too_large, "the answer is too long"};
    const auto more = co_await read_more();
    if (!more) co_return more.error();
    if (!*more) co_return text_.substr(begin_);
  }
}

}  // namespace holter::http
