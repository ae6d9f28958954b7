#include "http/client.h"

#include <array>

#include "http/codec.h"

namespace holter::http {
namespace {

env::Task<base::Result<Response>> exchange(env::Env env, std::string socket_path, std::string path) {
  auto stream = co_await env.network.connect_local(std::move(socket_path));
  if (!stream) co_return stream.error();
  const std::string request = serialize_get(path);
  const base::Bytes bytes(reinterpret_cast<const std::uint8_t*>(request.data()), request.size());
  const auto written = co_await (*stream)->write_all(bytes);
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
  auto exchanging = exchange(env, std::move(socket_path), std::move(path));
  co_return co_await env::with_deadline<Response>(env.clock, env.clock.now() + deadline, std::move(exchanging));
}

}  // namespace holter::http
