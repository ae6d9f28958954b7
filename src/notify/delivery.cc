#include "notify/delivery.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace holter::notify {
namespace {

using base::Duration;

constexpr std::size_t kMaxAnswerBytes = 64 * 1024;
constexpr std::size_t kSaidBytes = 200;

bool is_header(const base::UntrustedText& name, std::string_view wanted) {
  const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; };
  return std::ranges::equal(name.raw(), wanted, same);
}

// In seconds; a date is not understood, and the usual pause holds.
std::optional<Duration> retry_after(const env::HttpAnswer& answer) {
  for (const auto& [name, value] : answer.headers) {
    if (!is_header(name, "retry-after")) continue;
    std::uint32_t seconds = 0;
    const std::string& text = value.raw();
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error == std::errc() && end == text.data() + text.size()) return Duration::seconds(seconds);
  }
  return std::nullopt;
}

Outcome failed(std::string said) { return {Outcome::Kind::failed, std::move(said)}; }

env::Task<base::Result<std::string>> read_secret(env::Env env, std::string path) {
  auto work = [&env, &path] { return env::read_text(env.files, path, kMaxSecretBytes); };
  auto secret = co_await env.offload.run(std::move(work));
  if (!secret) co_return base::with_context("cannot read the secret", secret.error());
  while (!secret->empty() && (secret->back() == '\n' || secret->back() == '\r')) secret->pop_back();
  if (secret->empty()) co_return base::Error{base::ErrorKind::invalid, "the secret in " + path + " is empty"};
  co_return secret;
}

env::Task<Outcome> post(env::Env env, Options options, Message message) {
  env::HttpRequest request{options.webhook, env.clock.now() + options.timeout};
  request.method = "POST";
  request.headers = {{"Content-Type", "application/json"}, {"Idempotency-Key", message.id}};
  if (!options.secret_file.empty()) {
    auto reading = read_secret(env, options.secret_file);
    const auto secret = co_await std::move(reading);
    if (!secret) co_return failed(secret.error().message);
    request.headers.emplace_back("Holter-Signature", signature(*secret, message.json));
  }
  request.body = std::move(message.json);
  request.max_body_bytes = kMaxAnswerBytes;
  request.keep_body_bytes = kSaidBytes;
  const auto exchange = co_await env.http.exchange(std::move(request));
  co_return judge(exchange);
}

env::Task<Outcome> run(env::Env env, Options options, Message message) {
  env::ProgramOrder order{.arguments = options.program};
  order.environment = {
      {"HOLTER_SESSION", message.session}, {"HOLTER_STATE", message.state}, {"HOLTER_TEXT", message.text}};
  order.input = std::move(message.json) + '\n';
  order.keep_output = kSaidBytes;
  order.deadline = env.clock.now() + options.timeout;
  const auto end = co_await env.programs.run(std::move(order));
  if (!end) co_return failed(end.error().message);
  if (end->succeeded()) co_return Outcome{Outcome::Kind::delivered, "exit status 0"};
  std::string said = to_string(*end);
  if (!end->output.empty()) said += ", after it said: " + end->output.for_terminal();
  co_return failed(std::move(said));
}

}  // namespace

std::string signature(std::string_view secret, std::string_view body) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> code{};
  unsigned int length = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(body.data()), body.size(), code.data(), &length);
  std::string text = "sha256=";
  for (unsigned int i = 0; i < length; ++i) text += fmt::format("{:02x}", code.at(i));
  return text;
}

Outcome judge(const env::HttpExchange& exchange) {
  const int status = exchange.answer.status;
  const bool answered = status >= 200 && (!exchange.failure || exchange.failure->kind == base::ErrorKind::too_large);
  if (!answered) return failed(exchange.failure ? exchange.failure->message : "no answer");
  std::string said = "HTTP " + std::to_string(status);
  if (status < 300) return {Outcome::Kind::delivered, std::move(said)};
  if (!exchange.answer.body.empty()) said += ": " + exchange.answer.body.for_terminal();
  const bool try_again = status == 408 || status == 429 || status >= 500;
  if (!try_again) return {Outcome::Kind::refused, std::move(said)};
  return {Outcome::Kind::failed, std::move(said), retry_after(exchange.answer)};
}

env::Task<Outcome> deliver(env::Env env, Options options, Message message) {
  return options.webhook.empty() ? run(env, std::move(options), std::move(message))
                                 : post(env, std::move(options), std::move(message));
}

}  // namespace holter::notify
