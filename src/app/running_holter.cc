#include "app/running_holter.h"

#include <nlohmann/json.hpp>

#include "app/commands.h"
#include "app/paths.h"
#include "app/terminal.h"
#include "base/untrusted_text.h"
#include "http/client.h"

namespace holter::app {
namespace {

using nlohmann::json;

// The message of an error's body, one mistake a line; each line safe for the terminal.
std::string message_of(const std::string& body) {
  const json answer = json::parse(body, nullptr, false);
  const json error = answer.is_object() ? answer.value("error", json()) : json();
  if (!error.is_object() || !error.contains("message") || !error["message"].is_string()) return "";
  const std::string all = base::UntrustedText::from_json_text(error["message"].get_ref<const std::string&>()).raw();
  std::string text;
  for (std::size_t at = 0; at <= all.size();) {
    const std::size_t end = std::min(all.find('\n', at), all.size());
    text += base::UntrustedText(all.substr(at, end - at)).for_terminal() + '\n';
    at = end + 1;
  }
  return text;
}

}  // namespace

std::string control_socket_of(const cli::Arguments& arguments) {
  return paths_of(this_user(), "", arguments.text("--runtime")).control_socket();
}

int explain_silence(const base::Error& error, const std::string& socket) {
  const bool nobody = error.kind == base::ErrorKind::not_found || error.kind == base::ErrorKind::refused;
  if (nobody) {
    print_error("no holter is running here (nothing answers at " + socket + "); start one with `holter run`\n");
    return kNotRunning;
  }
  print_error("holter did not answer at " + socket + ": " + to_string(error) + '\n');
  if (error.kind == base::ErrorKind::permission) print_error("ask as the user that runs it, or as root\n");
  return kFailed;
}

int explain_refusal(int status, const std::string& body) {
  const std::string message = message_of(body);
  print_error(message.empty() ? "holter gave no sensible answer (status " + std::to_string(status) +
                                    "); is it of another version? `holter version` says this one's\n"
                              : message);
  return status == 400 ? kUsage : kFailed;
}

env::Task<std::optional<std::string>> have_done(env::Env env, std::string socket, std::string path,
                                                base::Duration within, int& code) {
  auto response = co_await http::ask_local(env, "POST", socket, path, within);
  if (!response) {
    code = explain_silence(response.error(), socket);
    co_return std::nullopt;
  }
  if (response->status != 200) {
    code = explain_refusal(response->status, response->body);
    co_return std::nullopt;
  }
  co_return std::move(response->body);
}

}  // namespace holter::app
