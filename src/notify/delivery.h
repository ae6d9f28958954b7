// One try to tell: a webhook (POST of the JSON) or a program (the JSON on its standard input). 2xx and exit status 0
// are delivered. A redirect and 4xx other than 408 and 429 are refused: another try would be, too. Everything else has
// failed and is tried again; what Retry-After asks for in seconds is passed on. Loop's thread.
#pragma once

#include <string>

#include "env/env.h"
#include "notify/options.h"
#include "notify/queue.h"

namespace holter::notify {

inline constexpr std::size_t kMaxSecretBytes = 4'096;

// The same for webhook and program.
struct Message {
  std::string id;
  std::string json;
  std::string session;  // safe for a terminal, as `text`: scripts may show them
  std::string state;
  std::string text;
};

env::Task<Outcome> deliver(env::Env env, Options options, Message message);

// "sha256=" and the HMAC-SHA-256 of the body in lower-case hexadecimal digits.
std::string signature(std::string_view secret, std::string_view body);
// What an answer means. `said` is in words for people.
Outcome judge(const env::HttpExchange& exchange);

}  // namespace holter::notify
