// `holter notify test`: has the running holter try its notifiers, and says what came back.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/commands.h"
#include "app/own_loop.h"
#include "app/record_cells.h"
#include "app/running_holter.h"
#include "app/terminal.h"
#include "cli/common_options.h"
#include "notify/options.h"

namespace holter::app {
namespace {

constexpr base::Duration kTestWithin = notify::kMostTimeout + base::Duration::seconds(10);

// Every byte as %XX: a name may hold anything.
std::string in_query(const std::string& text) {
  std::string out;
  for (const char c : text) out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  return out;
}

// One line a notifier; false when one of them failed.
bool print_tests(const nlohmann::json& answer) {
  bool all = true;
  for (const auto& test : answer.value("notifiers", nlohmann::json::array())) {
    const bool delivered = test.value("delivered", false);
    all = all && delivered;
    print(fmt::format("{}: {} after {}: {}\n", shown_text(test, "name"), delivered ? "delivered" : "not delivered",
                      shown_milliseconds(test.value("took_ms", nlohmann::json())), shown_text(test, "said")));
  }
  return all;
}

env::Task<void> ask_to_test(env::Env env, std::string socket, std::string path, int& code) {
  const auto told = co_await have_done(env, socket, path, kTestWithin, code);
  if (!told) co_return;
  const auto answer = nlohmann::json::parse(*told, nullptr, false);
  code = answer.is_object() && print_tests(answer) ? kDone : kFailed;
}

}  // namespace

cli::Command notify_test_words() {
  return {.words = "notify test",
          .purpose = cli::Purpose::set_up,
          .summary = "Try the notifiers: send each a test",
          .about =
              "The running holter sends one notification that says that it is a test, to every notifier of its "
              "configuration or to the one that is named, and says what came back. Ends with 0 when each was "
              "delivered, with 1 otherwise.",
          .operands = {{"NAME", "the notifier (default: each)", cli::Kind::text, {}, false}},
          .options = {cli::runtime_option()},
          .examples = {{"holter notify test", "Every notifier"}, {"holter notify test pager", "The one named pager"}}};
}

int notify_test_command(const cli::Arguments& arguments) {
  const std::string socket = control_socket_of(arguments);
  const std::string name = arguments.text("NAME");
  const std::string path = "/api/v1/notify/test" + (name.empty() ? "" : "?name=" + in_query(name));
  return run_alone(env::LogLevel::error, [&](env::Env env, int& code) { return ask_to_test(env, socket, path, code); });
}

}  // namespace holter::app
