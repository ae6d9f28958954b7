#include "app/start.h"

#include <unistd.h>

#include "env/linux/descriptor_limit.h"
#include "env/linux/frames.h"
#include "env/linux/log.h"
#include "env/linux/memory.h"
#include "env/linux/privileges.h"

namespace holter::app {
namespace {

StartFailure already_running(env::Files& files, const Paths& paths) {
  const auto pid = env::read_text(files, paths.lock(), 32);
  const std::string who = pid && !pid->empty() ? " (process " + base::UntrustedText(*pid).for_terminal() + ")" : "";
  return {kAlreadyRunning, "another holter" + who + " uses " + paths.data +
                               "; stop it, or give this one a directory of its own with --data\n"};
}

// For whoever finds the file locked.
base::Result<void> note_process(env::Files& files, const std::string& path) {
  auto file = files.open(path, env::OpenMode::create);
  if (!file) return file.error();
  const std::string pid = std::to_string(getpid());
  const base::Bytes bytes(reinterpret_cast<const std::uint8_t*>(pid.data()), pid.size());
  if (auto emptied = (*file)->truncate(0); !emptied) return emptied;
  return (*file)->write_at(0, bytes);
}

std::optional<StartFailure> lock_data(Ground& ground) {
  env::Files& files = ground.loop->env().files;
  auto lock = files.lock(ground.paths.lock());
  if (!lock && lock.error().kind == base::ErrorKind::busy) return already_running(files, ground.paths);
  if (!lock)
    return StartFailure{kFailed, "the data directory " + ground.paths.data + " cannot be used: " +
                                     lock.error().message + "; make room there, or name another with --data\n"};
  ground.lock = std::move(*lock);
  if (const auto noted = note_process(files, ground.paths.lock()); !noted) {
    return StartFailure{kFailed, "the data directory " + ground.paths.data + " cannot be written: " +
                                     noted.error().message + "; make room there, or name another with --data\n"};
  }
  return std::nullopt;
}

void start_broker(Ground& ground) {
  auto path = env_linux::find_broker();
  if (!path) {
    ground.no_broker = path.error().message;
    return;
  }
  auto broker = env_linux::BrokerClient::start(*path);
  if (broker) {
    ground.broker = std::move(*broker);
  } else {
    ground.no_broker = broker.error().message;
  }
}

std::optional<StartFailure> add_log_file(const config::LogSettings& settings, env_linux::ProgramLog& log) {
  if (settings.file.empty()) return std::nullopt;
  const auto added = log.add_file({settings.file, settings.rotate_size, settings.rotate_keep});
  if (added) return std::nullopt;
  return StartFailure{kFailed, base::UntrustedText(added.error().message).for_terminal() +
                                   " (choose another with --log-file, or none)\n"};
}

std::string refused(const std::string& what, const std::string& address) {
  return what + ' ' + address +
         " is not loopback, and nothing there is encrypted or authenticated yet: whoever reaches it sees and says what "
         "they like. Give --insecure to do it all the same.\n";
}

}  // namespace

env_linux::LoopOptions Ground::loop_options() {
  env_linux::LoopOptions options;
  if (broker == nullptr) return options;
  options.raw_sockets = broker.get();
  options.make_frames = [source = broker.get()](boost::asio::any_io_executor executor) {
    return std::make_unique<env_linux::Frames>(std::move(executor), source);
  };
  return options;
}

env::LogLevels log_levels(const config::LogSettings& settings) {
  return {settings.level, {settings.levels.begin(), settings.levels.end()}};
}

std::string refuse_insecure(const RunOptions& options) {
  if (options.settings.insecure) return "";
  if (options.role == Role::agent) {
    const auto literal = base::IpAddress::parse(options.settings.agent_hub.host);
    const bool loopback = literal ? literal->is_loopback() : options.settings.agent_hub.host == "localhost";
    return loopback ? "" : refused("The hub", base::UntrustedText(options.settings.agent_hub.host).for_terminal());
  }
  if (!options.settings.http.address.is_loopback())
    return refused("The page's address", to_string(options.settings.http));
  if (options.role == Role::hub && !options.settings.hub_listen.address.is_loopback()) {
    return refused("The agents' address", to_string(options.settings.hub_listen));
  }
  return "";
}

std::variant<std::unique_ptr<Ground>, StartFailure> prepare(const RunOptions& options) {
  env_linux::keep_large_blocks_apart();
  auto ground = std::make_unique<Ground>();
  ground->paths = paths_of(this_user(), options.settings.store.directory, options.settings.runtime);
  ground->log = std::make_unique<env_linux::ProgramLog>(log_levels(options.settings.log));
  if (const auto enough = env_linux::raise_descriptor_limit(); !enough) {
    return StartFailure{kFailed, enough.error().message + '\n'};
  }
  start_broker(*ground);

  // From here on this process has no capability and is not root.
  auto identity = env_linux::drop_privileges(ground->paths.data, ground->paths.runtime);
  if (!identity) return StartFailure{kFailed, identity.error().message + '\n'};
  ground->runs_as = std::move(*identity);
  if (auto failure = add_log_file(options.settings.log, *ground->log)) return std::move(*failure);

  auto loop = env_linux::Loop::create(*ground->log);
  if (!loop) return StartFailure{kFailed, to_string(loop.error()) + '\n'};
  ground->loop = std::move(*loop);
  if (auto failure = lock_data(*ground)) return std::move(*failure);
  return ground;
}

}  // namespace holter::app
