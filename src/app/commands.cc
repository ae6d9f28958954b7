#include "app/commands.h"

#include <algorithm>

#include "base/assert.h"

namespace holter::app {

#define HOLTER_COMMAND(name)   \
  cli::Command name##_words(); \
  int name##_command(const cli::Arguments& arguments)

HOLTER_COMMAND(run);
HOLTER_COMMAND(hub);
HOLTER_COMMAND(agent);
HOLTER_COMMAND(status);
HOLTER_COMMAND(results);
HOLTER_COMMAND(sessions);
HOLTER_COMMAND(sessions_watch);
HOLTER_COMMAND(packets);
HOLTER_COMMAND(conversations);
HOLTER_COMMAND(network);
HOLTER_COMMAND(interfaces);
HOLTER_COMMAND(gateways);
HOLTER_COMMAND(probe);
HOLTER_COMMAND(pulse);
HOLTER_COMMAND(key_create);
HOLTER_COMMAND(key_list);
HOLTER_COMMAND(key_revoke);
HOLTER_COMMAND(compat_heartbeat_server);
HOLTER_COMMAND(compat_heartbeat_client);
HOLTER_COMMAND(config_init);
HOLTER_COMMAND(config_check);
HOLTER_COMMAND(config_show);
HOLTER_COMMAND(config_reload);
HOLTER_COMMAND(config_import);
HOLTER_COMMAND(notify_test);
HOLTER_COMMAND(read);
HOLTER_COMMAND(flows);
HOLTER_COMMAND(capture);
HOLTER_COMMAND(freeze);
HOLTER_COMMAND(filter_explain);
HOLTER_COMMAND(completion);
HOLTER_COMMAND(manual);
HOLTER_COMMAND(version);

#undef HOLTER_COMMAND

std::span<const CommandRow> command_rows() {
  static constexpr CommandRow kRows[] = {{run_words, run_command},
                                         {hub_words, hub_command},
                                         {agent_words, agent_command},
                                         {status_words, status_command},
                                         {results_words, results_command},
                                         {sessions_words, sessions_command},
                                         {sessions_watch_words, sessions_watch_command},
                                         {packets_words, packets_command},
                                         {conversations_words, conversations_command},
                                         {network_words, network_command},
                                         {interfaces_words, interfaces_command},
                                         {gateways_words, gateways_command},
                                         {probe_words, probe_command},
                                         {pulse_words, pulse_command},
                                         {key_create_words, key_create_command},
                                         {key_list_words, key_list_command},
                                         {key_revoke_words, key_revoke_command},
                                         {compat_heartbeat_server_words, compat_heartbeat_server_command},
                                         {compat_heartbeat_client_words, compat_heartbeat_client_command},
                                         {config_init_words, config_init_command},
                                         {config_check_words, config_check_command},
                                         {config_show_words, config_show_command},
                                         {config_reload_words, config_reload_command},
                                         {config_import_words, config_import_command},
                                         {notify_test_words, notify_test_command},
                                         {read_words, read_command},
                                         {flows_words, flows_command},
                                         {capture_words, capture_command},
                                         {freeze_words, freeze_command},
                                         {filter_explain_words, filter_explain_command},
                                         {completion_words, completion_command},
                                         {manual_words, manual_command},
                                         {version_words, version_command}};
  return kRows;
}

std::vector<cli::Command> grammar() {
  std::vector<cli::Command> commands;
  for (const auto& row : command_rows()) commands.push_back(row.words());
  return commands;
}

int run(const cli::Arguments& arguments) {
  const auto row = std::ranges::find_if(command_rows(), [&arguments](const CommandRow& candidate) {
    return candidate.words().words == arguments.command().words;
  });
  HOLTER_ASSERT(row != command_rows().end());
  return row->run(arguments);
}

}  // namespace holter::app
