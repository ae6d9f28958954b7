// `holter sessions watch`: the sessions as a table that is drawn anew while it is looked at, the troubled ones on top.
// Into a pipe, or as JSON, each change is a line instead.
#include <fmt/format.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "app/commands.h"
#include "app/record_request.h"
#include "app/running_holter.h"
#include "app/terminal.h"
#include "app/watch_text.h"
#include "cli/common_options.h"
#include "env/linux/key_presses.h"
#include "env/linux/log.h"
#include "env/linux/loop.h"
#include "env/linux/signals.h"
#include "http/client.h"
#include "term/live_table.h"

namespace holter::app {

cli::Command sessions_words();
int sessions_command(const cli::Arguments& arguments);

namespace {

using nlohmann::json;

constexpr base::Duration kDrawEvery = base::Duration::milliseconds(500);
constexpr base::Duration kAnswerWithin = base::Duration::seconds(10);
constexpr std::size_t kRowsAround = 4;  // the heading, the titles, what is left out, and the cursor's own

struct Watching {
  std::string socket;
  const cli::Arguments& arguments;
  term::LiveTable screen;
  int code = kDone;
};

env::Task<base::Result<std::vector<std::string>>> ask(env::Env env, const Watching& watching, std::size_t rows) {
  std::string path = fmt::format("/api/v1/sessions?format=ndjson&limit={}", rows);
  const std::string filter = watching.arguments.text("--filter");
  if (!filter.empty()) path += "&filter=" + percent_encoded(filter);
  const std::string agent = watching.arguments.text("--agent");
  if (!agent.empty()) path += "&agent=" + percent_encoded(agent);
  auto opening = http::LocalStream::open(env, watching.socket, std::move(path), kAnswerWithin);
  const auto stream = co_await std::move(opening);
  if (!stream) co_return stream.error();
  if ((*stream)->status() != 200) {
    const int status = (*stream)->status();
    const auto body = co_await (*stream)->rest();
    explain_refusal(status, body ? *body : "");
    co_return base::Error{base::ErrorKind::invalid, ""};
  }
  std::vector<std::string> lines;
  for (;;) {
    auto line = co_await (*stream)->next_line();
    if (!line) co_return line.error();
    if (!*line) co_return lines;
    lines.push_back(std::move(**line));
  }
}

env::Task<void> draw_for_ever(env::Env env, Watching& watching, env_linux::KeyPresses& keys, bool with_agent) {
  for (;;) {
    const auto screen = this_screen();
    const std::size_t rows = std::max(keys.rows(), kRowsAround + 1) - kRowsAround;
    auto asking = ask(env, watching, rows);
    const auto lines = co_await std::move(asking);
    if (!lines) {
      const bool said = lines.error().message.empty();
      watching.code = said ? kUsage : explain_silence(lines.error(), watching.socket);
      co_return;
    }
    print(watching.screen.draw(watch_text(*lines, with_agent, screen, env.clock.wall_now())));
    co_await env.clock.sleep_for(kDrawEvery);
  }
}

env::Task<void> until_q(env_linux::KeyPresses& keys) {
  for (;;) {
    auto pressing = keys.next();
    const char key = co_await std::move(pressing);
    if (key == 'q' || key == 'Q') co_return;
  }
}

env::Task<void> until_signal(env_linux::Signals& signals, env_linux::KeyPresses& keys, Watching& watching) {
  for (;;) {
    const auto number = co_await signals.next();
    if (number && *number == SIGWINCH) {
      watching.screen.resized();
    } else if (number && *number == SIGTSTP) {
      print(watching.screen.end());
      keys.release();
      env_linux::suspend_process();
      keys.take();
      watching.screen = term::LiveTable();
    } else {
      co_return;
    }
  }
}

env::Task<void> watch(env::Env env, Watching& watching) {
  using boost::asio::experimental::awaitable_operators::operator||;
  auto signals = env_linux::Signals::create(env.executor, {SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGTSTP});
  if (!signals) co_return print_error(to_string(signals.error()) + '\n');
  auto asking = http::get_local(env, watching.socket, "/api/v1/health", kAnswerWithin);
  const auto health = co_await std::move(asking);
  if (!health) {
    watching.code = explain_silence(health.error(), watching.socket);
    co_return;
  }
  const json about = json::parse(health->body, nullptr, false);
  const bool hub = about.is_object() && about.value("role", json()) == "hub";
  env_linux::KeyPresses keys(env.executor);
  auto drawing = draw_for_ever(env, watching, keys, hub);
  auto key = until_q(keys);
  auto signal = until_signal(**signals, keys, watching);
  co_await (std::move(drawing) || std::move(key) || std::move(signal));
  print(watching.screen.end());
}

// The same question to `holter sessions --follow`.
int follow_changes(const cli::Arguments& arguments) {
  static const cli::Command words = sessions_words();
  cli::Arguments follow(words);
  follow.add("--follow", "");
  for (const char* option : {"--filter", "--agent", "--runtime"}) {
    if (arguments.has(option)) follow.add(option, arguments.text(option));
  }
  if (arguments.has("--json")) follow.add("--json", "");
  return sessions_command(follow);
}

}  // namespace

cli::Command sessions_watch_words() {
  return {
      .words = "sessions watch",
      .purpose = cli::Purpose::look,
      .summary = "Watch heartbeat sessions as they are, the troubled ones first",
      .about =
          "A table that is drawn anew twice a second, as many rows as the terminal has; q or Ctrl-C ends. Into a pipe, "
          "or with --json, each change and message is a line instead, as with `holter sessions --follow`.",
      .options = {cli::filter_option(), cli::agent_option(), cli::json_option("One JSON object a change or message"),
                  cli::runtime_option()},
      .examples = {{"holter sessions watch", "Who lives, and who does not"}}};
}

int sessions_watch_command(const cli::Arguments& arguments) {
  if (!output_is_terminal() || arguments.has("--json")) return follow_changes(arguments);
  const auto log = env_linux::make_stderr_log(env::LogLevel::error);
  auto loop = env_linux::Loop::create(*log);
  if (!loop) {
    print_error(to_string(loop.error()) + '\n');
    return kFailed;
  }
  Watching watching{control_socket_of(arguments), arguments, {}};
  (*loop)->run(watch((*loop)->env(), watching));
  return watching.code;
}

}  // namespace holter::app
