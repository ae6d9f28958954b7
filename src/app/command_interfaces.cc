// `holter interfaces` and `holter gateways`: what the operating system knows of this host's place in the network.
#include "app/commands.h"
#include "app/network_text.h"
#include "app/terminal.h"
#include "cli/common_options.h"
#include "env/linux/log.h"
#include "env/linux/loop.h"

namespace holter::app {
namespace {

// Asks the kernel on a loop of its own and prints the answer.
template <class Fact>
int show(const cli::Arguments& arguments, base::Result<std::vector<Fact>> (env::Host::*ask)(),
         std::string (*text)(const std::vector<Fact>&, const term::Screen&), std::string (*json)(const Fact&)) {
  const auto log = env_linux::make_stderr_log(env::LogLevel::error);
  auto loop = env_linux::Loop::create(*log);
  if (!loop) {
    print_error(to_string(loop.error()) + '\n');
    return kFailed;
  }
  const auto facts = ((*loop)->env().host.*ask)();
  if (!facts) {
    print_error("the kernel did not say: " + to_string(facts.error()) + '\n');
    return kFailed;
  }
  if (!arguments.has("--json")) {
    print(text(*facts, this_screen()));
    return kDone;
  }
  for (const auto& fact : *facts) print(json(fact) + '\n');
  return kDone;
}

}  // namespace

cli::Command interfaces_words() {
  return {.words = "interfaces",
          .purpose = cli::Purpose::look,
          .summary = "Show the network interfaces of this host",
          .options = {cli::json_option("One JSON object an interface")},
          .examples = {{"holter interfaces", "Name, state, hardware address and addresses"}},
          .lists = true};
}

int interfaces_command(const cli::Arguments& arguments) {
  return show<env::Interface>(arguments, &env::Host::interfaces, interfaces_text, interface_json);
}

cli::Command gateways_words() {
  return {.words = "gateways",
          .purpose = cli::Purpose::look,
          .summary = "Show the next hops of this host's default routes",
          .options = {cli::json_option("One JSON object a gateway")},
          .examples = {{"holter gateways", "Address, interface and metric, the preferred first"}},
          .lists = true};
}

int gateways_command(const cli::Arguments& arguments) {
  return show<env::Gateway>(arguments, &env::Host::gateways, gateways_text, gateway_json);
}

}  // namespace holter::app
