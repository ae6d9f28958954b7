// `holter key create`, `list` and `revoke`: the keys by which clients on other hosts prove who they are. A running
// holter is asked by its control socket; without one the data directory is worked on here.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "api/key_routes.h"
#include "app/commands.h"
#include "app/configuration.h"
#include "app/key_office.h"
#include "app/key_words.h"
#include "app/paths.h"
#include "app/running_holter.h"
#include "app/terminal.h"
#include "cli/common_options.h"
#include "env/linux/log.h"
#include "env/linux/loop.h"
#include "env/linux/privileges.h"
#include "http/client.h"

namespace holter::app {
namespace {

constexpr base::Duration kWithin = base::Duration::seconds(30);

// What is asked, in both ways; both answer with the JSON of the API.
struct Order {
  std::string method;
  std::string path;
  std::function<base::Result<std::string>(heartbeat::KeyStore&, const env::Env&, const config::Settings&)> do_here;
};

cli::Option data_option() {
  return {.name = "--data",
          .value = "DIR",
          .help = "Where records are kept, when no holter runs (default: as the configuration says)",
          .kind = cli::Kind::directory};
}

cli::Operand name_operand() { return {"NAME", "what the client calls its session", cli::Kind::name, {}, true}; }

std::string encoded(std::string_view text) {
  std::string all;
  for (const char byte : text) all += fmt::format("%{:02X}", static_cast<std::uint8_t>(byte));
  return all;
}

env::Task<void> ask(env::Env env, std::string socket, Order order,
                    std::optional<base::Result<http::Response>>& answer) {
  auto asking = http::ask_local(env, order.method, socket, order.path, kWithin);
  answer.emplace(co_await std::move(asking));
}

// In the data directory itself, as its owner, while no holter uses it.
int work_here(const cli::Arguments& arguments, const Order& order, std::string& answer) {
  ConfigSource source;
  source.path = found_config(this_user());
  auto loaded = load(source);
  if (const auto* mistakes = std::get_if<config::Mistakes>(&loaded)) {
    print_error(to_string(*mistakes));
    return kUsage;
  }
  const config::Settings settings = std::move(std::get<config::Loaded>(loaded).settings);
  const Paths paths = paths_of(this_user(), arguments.text("--data", settings.store.directory), "");
  const auto identity = env_linux::drop_privileges(paths.data);
  const auto log = env_linux::make_stderr_log(env::LogLevel::error);
  auto loop =
      identity ? env_linux::Loop::create(*log) : base::Result<std::unique_ptr<env_linux::Loop>>(identity.error());
  if (!loop) {
    print_error(loop.error().message + '\n');
    return kFailed;
  }
  const env::Env env = (*loop)->env();
  const auto lock = env.files.lock(paths.lock());
  if (!lock && lock.error().kind == base::ErrorKind::busy) {
    print_error("a running holter uses " + paths.data + ", and does not answer at " + control_socket_of(arguments) +
                "; say with --runtime where its control socket is\n");
    return kAlreadyRunning;
  }
  if (!lock) {
    print_error(lock.error().message + '\n');
    return kFailed;
  }
  heartbeat::KeyStore store(env.files, env.random, paths.data);
  auto done = order.do_here(store, env, settings);
  if (!done) {
    print_error(done.error().message + '\n');
    return done.error().kind == base::ErrorKind::invalid ? kUsage : kFailed;
  }
  answer = std::move(*done);
  return kDone;
}

int carry_out(const cli::Arguments& arguments, const Order& order, std::string& answer) {
  const std::string socket = control_socket_of(arguments);
  std::optional<base::Result<http::Response>> response;
  {
    const auto log = env_linux::make_stderr_log(env::LogLevel::error);
    auto loop = env_linux::Loop::create(*log);
    if (!loop) {
      print_error(to_string(loop.error()) + '\n');
      return kFailed;
    }
    (*loop)->run(ask((*loop)->env(), socket, order, response));
  }
  if (!*response) {
    const auto kind = response->error().kind;
    const bool nobody = kind == base::ErrorKind::not_found || kind == base::ErrorKind::refused;
    return nobody ? work_here(arguments, order, answer) : explain_silence(response->error(), socket);
  }
  if ((*response)->status != 200) return explain_refusal((*response)->status, (*response)->body);
  answer = (*response)->body;
  return kDone;
}

int no_sense() {
  print_error("holter gave no sensible answer; is it of another version? `holter version` says this one's\n");
  return kFailed;
}

template <class Value, class Words>
base::Result<std::string> in_words(const base::Result<Value>& result, Words words) {
  if (!result) return result.error();
  return words(*result);
}

}  // namespace

cli::Command key_create_words() {
  return {
      .words = "key create",
      .purpose = cli::Purpose::presence,
      .summary = "Make a key for a client on another host",
      .about =
          "Prints the one line to paste there. On this host no key is needed. Each call makes a further key of that "
          "name; the older ones stay good until `holter key revoke`. Whoever sees the line can speak for that "
          "client: in a file (--key-file) or in HOLTER_KEY the key is not in the list of processes.",
      .operands = {name_operand()},
      .options = {cli::json_option("As one JSON object"), data_option(), cli::runtime_option()},
      .examples = {{"holter key create db1", "The line for the client db1"}}};
}

int key_create_command(const cli::Arguments& arguments) {
  const std::string name = arguments.text("NAME");
  const auto here = [&name](heartbeat::KeyStore& store, const env::Env& env, const config::Settings& settings) {
    const std::string to = pulse_address(settings.heartbeat.listen, facts_of(env.host));
    return in_words(make_key(store, name, env.clock.wall_now(), to), api::made_key_json);
  };
  std::string made;
  const int code = carry_out(arguments, {"POST", "/api/v1/keys/create?name=" + encoded(name), here}, made);
  if (code != kDone) return code;
  const auto line = pulse_line(made);
  if (!line) return no_sense();
  print((arguments.has("--json") ? made : line->text) + '\n');
  if (!line->ping.empty()) {
    print_error("its ping URL, at a port of heartbeat.pings in the configuration: " + line->ping +
                "; with the ping key of this hub: /ping/" + line->ping_key + "/SLUG\n");
  }
  if (line->on_this_host) {
    print_error(
        "pulses are heard on this host alone, where no key is needed; heartbeat.listen in the configuration, or "
        "--pulses, has them heard on other addresses\n");
  }
  return kDone;
}

cli::Command key_list_words() {
  return {.words = "key list",
          .purpose = cli::Purpose::presence,
          .summary = "Show which clients have keys",
          .about = "Their names, which of their keys are good, and when the newest was made. No key is shown.",
          .options = {cli::json_option("As one JSON object"), data_option(), cli::runtime_option()},
          .examples = {{"holter key list", "Each name"}},
          .lists = true};
}

int key_list_command(const cli::Arguments& arguments) {
  const auto here = [](heartbeat::KeyStore& store, const env::Env&, const config::Settings&) {
    return in_words(list_keys(store), api::keys_json);
  };
  std::string keys;
  const int code = carry_out(arguments, {"GET", "/api/v1/keys", here}, keys);
  if (code != kDone) return code;
  const std::string words = arguments.has("--json") ? keys + '\n' : keys_in_words(keys, list_screen());
  print(words);
  if (words.empty()) print_error("no key was made; `holter key create NAME` makes one\n");
  return kDone;
}

cli::Command key_revoke_words() {
  return {
      .words = "key revoke",
      .purpose = cli::Purpose::presence,
      .summary = "Refuse the keys of a client from now on",
      .about =
          "All that were made for that name so far, or with --older all but the newest. A revoked key is never made "
          "again: the next `holter key create` makes another one.",
      .operands = {name_operand()},
      .options = {{.name = "--older", .help = "Keep the newest: after the client has it"},
                  cli::json_option("As one JSON object"),
                  data_option(),
                  cli::runtime_option()},
      .examples = {{"holter key revoke db1", "db1 is refused from now on"}}};
}

int key_revoke_command(const cli::Arguments& arguments) {
  const std::string name = arguments.text("NAME");
  const bool older = arguments.has("--older");
  const auto which = older ? api::RevokedKeys::older : api::RevokedKeys::all;
  const auto here = [&name, which](heartbeat::KeyStore& store, const env::Env&, const config::Settings&) {
    return in_words(revoke_keys(store, name, which), api::revoked_json);
  };
  const std::string query = "?name=" + encoded(name) + (older ? "&which=older" : "");
  std::string revoked;
  const int code = carry_out(arguments, {"POST", "/api/v1/keys/revoke" + query, here}, revoked);
  if (code != kDone) return code;
  const auto answer = nlohmann::json::parse(revoked, nullptr, false);
  if (!answer.is_object() || !answer.contains("revoked") || !answer["revoked"].is_number_unsigned()) return no_sense();
  const auto count = answer["revoked"].get<std::uint64_t>();
  const std::string shown = base::UntrustedText(name).for_terminal();
  const std::string words =
      count == 0 ? "no key of " + shown + " was good any more\n"
                 : fmt::format("{} {} of {} refused from now on\n", count, count == 1 ? "key" : "keys", shown);
  print(arguments.has("--json") ? revoked + '\n' : words);
  return kDone;
}

}  // namespace holter::app
