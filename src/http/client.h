// The small client that holter's own commands use on the control socket: one request and one answer, or an answer that
// is read line by line while it comes. One loop.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "env/env.h"
#include "http/message.h"

namespace holter::http {

class ResponseParser;

inline constexpr std::size_t kMaxLineBytes = 1024 * 1024;    // of a streamed answer
inline constexpr std::size_t kMaxRefusalBytes = 256 * 1024;  // of an answer that is not 200

// The answer to `GET path` on the Unix socket `socket_path`, whatever its status.
env::Task<base::Result<Response>> get_local(env::Env env, std::string socket_path, std::string path,
                                            base::Duration deadline);
// The same for another method, without a body.
env::Task<base::Result<Response>> ask_local(env::Env env, std::string method, std::string socket_path, std::string path,
                                            base::Duration deadline);

// An answer that may go on for ever. Destroying it ends the connection.
class LocalStream {
 public:
  // Returns when the answer's head is there. `deadline` is for that.
  static env::Task<base::Result<std::unique_ptr<LocalStream>>> open(env::Env env, std::string socket_path,
                                                                    std::string path, base::Duration deadline);
  ~LocalStream();

  int status() const;
  // The next line, without its end; empty when the answer is over, also in the middle of a line. Waits for as long as
  // there is a connection.
  env::Task<base::Result<std::optional<std::string>>> next_line();
  // Whether next_line() has one without waiting.
  bool has_line() const;
  // What has come of the body, at least a byte; empty when the answer is over. Not beside next_line().
  env::Task<base::Result<std::string>> next_piece();
  // All that is left; for an answer that says why not.
  env::Task<base::Result<std::string>> rest();

 private:
  explicit LocalStream(std::unique_ptr<env::ByteStream> stream);
  static env::Task<base::Result<std::unique_ptr<LocalStream>>> begin(env::Env env, std::string socket_path,
                                                                     std::string path);
  // False at the end.
  env::Task<base::Result<bool>> read_more();

  std::unique_ptr<env::ByteStream> stream_;
  std::unique_ptr<ResponseParser> parser_;
  std::string text_;  // of the body, from `begin_` on not yet given
  std::size_t begin_ = 0;
  std::size_t looked_ = 0;  // no line ends before
};

}  // namespace holter::http
