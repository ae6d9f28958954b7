// `holter status`: asks the running holter over its control socket and lays the answer out.
#include <nlohmann/json.hpp>

#include "app/commands.h"
#include "app/running_holter.h"
#include "app/status_text.h"
#include "app/terminal.h"
#include "cli/common_options.h"
#include "env/linux/log.h"
#include "env/linux/loop.h"
#include "http/client.h"

namespace holter::app {
namespace {

using nlohmann::json;

constexpr base::Duration kDeadline = base::Duration::seconds(5);

struct Question {
  const char* path;
  const char* member;     // of the combined answer
  const char* unwrapped;  // the one member of the API's answer, or null to take it whole
};
constexpr Question kQuestions[] = {{"/api/v1/health", "health", nullptr},
                                   {"/api/v1/targets", "targets", "targets"},
                                   {"/api/v1/sessions", "sessions", "sessions"},
                                   {"/api/v1/capture", "capture", "interfaces"},
                                   {"/api/v1/conversations/now", "conversations", "conversations"}};

// json converts to and from too much to live inside a Result.
struct Answer {
  json status = {};
  std::optional<base::Error> error = {};       // nothing came
  std::optional<http::Response> refusal = {};  // or something else
};

env::Task<Answer> ask(env::Env env, std::string socket) {
  Answer answer;
  for (const Question& question : kQuestions) {
    const auto response = co_await http::get_local(env, socket, question.path, kDeadline);
    if (!response) co_return Answer{{}, response.error()};
    json body = json::parse(response->body, nullptr, false);
    if (response->status != 200 || body.is_discarded()) co_return Answer{.refusal = *response};
    answer.status[question.member] =
        question.unwrapped == nullptr ? std::move(body) : std::move(body[question.unwrapped]);
  }
  co_return answer;
}

env::Task<void> ask_into(env::Env env, std::string socket, Answer& answer) {
  answer = co_await ask(env, std::move(socket));
}

}  // namespace

cli::Command status_words() {
  return {.words = "status",
          .purpose = cli::Purpose::look,
          .summary = "Show what a running holter sees",
          .about = "Asks the `holter run` or `holter hub` of this user over its control socket.",
          .options = {cli::json_option("As one JSON object"), cli::runtime_option()},
          .examples = {{"holter status", "Health, targets, sessions, capture and conversations"},
                       {"holter status --json", "The same as one JSON object"}},
          .lists = true};
}

int status_command(const cli::Arguments& arguments) {
  const std::string socket = control_socket_of(arguments);
  const auto log = env_linux::make_stderr_log(env::LogLevel::error);
  auto loop = env_linux::Loop::create(*log);
  if (!loop) {
    print_error(to_string(loop.error()) + '\n');
    return kFailed;
  }
  Answer answer;
  (*loop)->run(ask_into((*loop)->env(), socket, answer));
  if (answer.error) return explain_silence(*answer.error, socket);
  if (answer.refusal) return explain_refusal(answer.refusal->status, answer.refusal->body);
  print(arguments.has("--json") ? answer.status.dump(-1, ' ', true) + '\n' : status_text(answer.status, this_screen()));
  return kDone;
}

}  // namespace holter::app
