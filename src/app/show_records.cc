#include "app/show_records.h"

#include <fmt/format.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "app/commands.h"
#include "app/running_holter.h"
#include "app/terminal.h"
#include "base/untrusted_text.h"
#include "env/linux/log.h"
#include "env/linux/loop.h"
#include "env/linux/signals.h"
#include "http/client.h"

namespace holter::app {
namespace {

using nlohmann::json;

constexpr base::Duration kHeadWithin = base::Duration::seconds(10);
constexpr std::size_t kRowsAtOnce = 1'000;
constexpr std::size_t kTextAtOnce = 64 * 1024;

// "1,234".
std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, 1, ',');
  return text;
}

// Where records go: as the API wrote them, or as rows.
class Output {
 public:
  Output(const cli::Arguments& arguments, RecordTextOptions options)
      : json_(arguments.has("--json")), screen_(list_screen()), text_(options) {}

  bool is_json() const { return json_; }
  std::uint64_t shown() const { return shown_; }
  void add(const std::string& line) {
    if (json_) {
      lines_ += line + '\n';
    } else if (!text_.add(line)) {
      return;
    }
    ++shown_;
    if (lines_.size() > kTextAtOnce || ++waiting_ >= kRowsAtOnce) flush();
  }
  void flush() {
    waiting_ = 0;
    const std::string text = json_ ? std::exchange(lines_, {}) : text_.take(screen_);
    if (!text.empty()) print(text);
  }
  // A remark beside the records: never among JSON.
  void remark(const std::string& words) {
    flush();
    if (json_) {
      print_error(words + '\n');
    } else {
      print(toned(screen_, term::Tone::faint, words) + '\n');
    }
  }

 private:
  bool json_;
  term::Screen screen_;
  RecordText text_;
  std::string lines_;
  std::size_t waiting_ = 0;
  std::uint64_t shown_ = 0;
};

struct Asking {
  std::string socket;
  RecordKind kind;
  const cli::Arguments& arguments;
  int code = kFailed;
};

int ended_early(Output& output) {
  output.flush();
  print_error("holter ended, or could not wait for this reader; what came until then is shown\n");
  return kNotRunning;
}

// The last line of an answer: how many there are beside those given.
int finish(const json& end, const Asking& asking, Output& output) {
  output.flush();
  if (end.contains("error") && end["error"].is_string()) {
    const auto why = base::UntrustedText::from_json_text(end["error"].get_ref<const std::string&>());
    print_error("the answer is not whole: " + why.for_terminal() + '\n');
    return kFailed;
  }
  const std::uint64_t more = end.value("more", json()).is_number_unsigned() ? end["more"].get<std::uint64_t>() : 0;
  const bool exact = !end.contains("counted_all") || end["counted_all"] == true;
  if (more > 0 || !exact) {
    output.remark(fmt::format("… {}{} more; --count 0 for all", exact ? "" : "more than ", grouped(more)));
  } else if (output.shown() == 0 && !output.is_json()) {
    const bool now = asking.kind.view == RecordView::sessions;
    output.remark(now ? "nobody has sent a pulse, or none matches"
                      : fmt::format("no {} within the last {}, or none matches", asking.kind.plural,
                                    asking.arguments.text("--since", kDefaultSince)));
  }
  return kDone;
}

env::Task<int> refused(http::LocalStream& stream) {
  const int status = stream.status();
  const auto body = co_await stream.rest();
  co_return explain_refusal(status, body ? *body : "");
}

env::Task<int> show_stored(env::Env env, Asking& asking, Output& output) {
  std::string path = stored_path(asking.kind, asking.arguments);
  const auto stream = co_await http::LocalStream::open(env, asking.socket, std::move(path), kHeadWithin);
  if (!stream) co_return explain_silence(stream.error(), asking.socket);
  if ((*stream)->status() != 200) co_return co_await refused(**stream);
  for (;;) {
    const auto line = co_await (*stream)->next_line();
    if (!line || !*line) co_return ended_early(output);
    if ((*line)->starts_with(R"({"end":)")) {
      const json last = json::parse(**line, nullptr, false);
      const json end = last.is_object() ? last.value("end", json::object()) : json::object();
      co_return finish(end.is_object() ? end : json::object(), asking, output);
    }
    output.add(**line);
  }
}

// What an event says beside the records.
void tell_skipped(const std::string& data, Output& output) {
  const json skipped = json::parse(data, nullptr, false);
  const json count = skipped.is_object() ? skipped.value("count", json()) : json();
  if (!count.is_number_unsigned()) return;
  const std::string topic = skipped.contains("topic") && skipped["topic"].is_string()
                                ? base::UntrustedText(skipped["topic"].get_ref<const std::string&>()).for_terminal()
                                : "records";
  output.flush();
  print_error(
      fmt::format("skipped {} {}: they came faster than they were read here; they are stored, "
                  "`holter {} --since 10m` shows them\n",
                  grouped(count.get<std::uint64_t>()), topic, topic));
}

env::Task<int> follow(env::Env env, Asking& asking, Output& output) {
  std::string path = follow_path(asking.kind, asking.arguments);
  const auto stream = co_await http::LocalStream::open(env, asking.socket, std::move(path), kHeadWithin);
  if (!stream) co_return explain_silence(stream.error(), asking.socket);
  if ((*stream)->status() != 200) co_return co_await refused(**stream);
  std::string event;
  for (;;) {
    if (!(*stream)->has_line()) output.flush();
    const auto line = co_await (*stream)->next_line();
    if (!line || !*line) co_return ended_early(output);
    if ((*line)->starts_with("event: ")) event = (*line)->substr(7);
    if (!(*line)->starts_with("data: ")) continue;
    const std::string data = (*line)->substr(6);
    if (event == "skipped") {
      tell_skipped(data, output);
    } else if (event == "error") {
      output.flush();
      co_return explain_refusal(500, R"({"error":)" + data + '}');
    } else if (event != "live") {
      output.add(data);
    }
  }
}

env::Task<void> follow_until_interrupted(env::Env env, Asking& asking, Output& output) {
  using boost::asio::experimental::awaitable_operators::operator||;
  auto signals = env_linux::Signals::create(env.executor, {SIGINT, SIGTERM});
  if (!signals) co_return print_error(to_string(signals.error()) + '\n');
  auto following = follow(env, asking, output);
  auto interrupted = (*signals)->next();
  const auto first = co_await (std::move(following) || std::move(interrupted));
  output.flush();
  asking.code = first.index() == 0 ? std::get<0>(first) : kDone;
}

env::Task<void> show(env::Env env, Asking& asking) {
  const auto health = co_await http::get_local(env, asking.socket, "/api/v1/health", kHeadWithin);
  if (!health) {
    asking.code = explain_silence(health.error(), asking.socket);
    co_return;
  }
  const json about = json::parse(health->body, nullptr, false);
  const bool hub = about.is_object() && about.value("role", json()) == "hub";
  Output output(asking.arguments, {asking.kind.view, hub, env.clock.wall_now()});
  if (asking.arguments.has("--follow")) {
    co_await follow_until_interrupted(env, asking, output);
  } else {
    asking.code = co_await show_stored(env, asking, output);
  }
}

}  // namespace

int show_records(const RecordKind& kind, const cli::Arguments& arguments) {
  if (const auto mistake = record_usage_mistake(arguments)) {
    print_error(*mistake);
    return kUsage;
  }
  const auto log = env_linux::make_stderr_log(env::LogLevel::error);
  auto loop = env_linux::Loop::create(*log);
  if (!loop) {
    print_error(to_string(loop.error()) + '\n');
    return kFailed;
  }
  Asking asking{control_socket_of(arguments), kind, arguments};
  (*loop)->run(show((*loop)->env(), asking));
  return asking.code;
}

}  // namespace holter::app
