#include "app/agent_main.h"

#include <fmt/format.h>

#include <csignal>

#include "app/agent_control.h"
#include "app/banner.h"
#include "app/captures.h"
#include "app/hub_words.h"
#include "app/last_seconds.h"
#include "app/probe_river.h"
#include "app/reload.h"
#include "app/service.h"
#include "app/suspend.h"
#include "app/terminal.h"
#include "app/version.h"
#include "env/linux/signals.h"
#include "spool/spool.h"
#include "uplink/agent_end.h"

namespace holter::app {
namespace {

// Records that come within this time share a sync and a batch, which is what the spool's index counts.
constexpr base::Duration kCommitEvery = base::Duration::milliseconds(500);

// The agent's identity: drawn once, kept in its data directory.
base::Result<base::AgentId> agent_id(env::Env env, const Paths& paths) {
  const std::string path = paths.data + "/agent.id";
  const auto text = env::read_text(env.files, path, 64);
  if (text) {
    auto id = base::parse_agent_id(std::string_view(*text).substr(0, 32));
    if (id) return id;
    return base::Error{id.error().kind,
                       path + ": " + id.error().message + "; put it right, or remove it for a new one"};
  }
  if (text.error().kind != base::ErrorKind::not_found) return text.error();
  base::AgentId id;
  env.random.fill(id.bytes);
  const auto written = env::replace_text(env.files, path, to_string(id) + '\n');
  if (!written) return written.error();
  return id;
}

// Takes the rivers' records into the spool until the box is closed and empty.
class Spooler {
 public:
  Spooler(env::Env env, NewsBox& news, spool::Spool& spool, uplink::AgentEnd& uplink, MonitoredHosts& monitored)
      : env_(env), news_(news), spool_(spool), uplink_(uplink), monitored_(monitored), passed_(env.executor) {}

  env::Task<void> take_news() {
    for (;;) {
      auto arrived = co_await news_.receive();
      if (arrived.empty()) co_return;
      co_await append(records_of(arrived));
      passed_.notify();
      co_await env_.clock.sleep_for(kCommitEvery);
    }
  }

  // Returns when everything that was posted before is durable.
  env::Task<void> flush() {
    const std::uint64_t wanted = marks_ + 1;
    while (!news_.post(FlushMark())) co_await env_.clock.sleep_for(kCommitEvery);
    while (marks_ < wanted) co_await passed_.wait();
  }

 private:
  std::vector<record::Record> records_of(std::vector<News>& arrived) {
    std::vector<record::Record> records;
    for (auto& news : arrived) {
      if (auto* record = std::get_if<record::Record>(&news)) {
        if (const auto* result = std::get_if<record::ProbeResult>(record)) monitored_.learn(*result);
        records.push_back(std::move(*record));
      }
      if (const auto* capture = std::get_if<CaptureNews>(&news)) say(*capture);
      if (std::holds_alternative<FlushMark>(news)) ++marks_;
    }
    const auto refused = news_.take_refused();
    if (refused > 0) records.push_back(news_gap(refused, env_.clock.wall_now()));
    return records;
  }

  void say(const CaptureNews& capture) {
    if (capture.state == "capturing" || capture.why == "stopped") return;
    env_.log.warn("capture", "no packets are captured", {{"interface", capture.interface}, {"why", capture.why}});
  }

  env::Task<void> append(std::vector<record::Record> records) {
    if (records.empty()) co_return;
    const std::size_t count = records.size();
    auto work = [this, &records] { return spool_.append(std::move(records), env_.clock.wall_now()); };
    const auto appended = co_await env_.offload.run(work);
    if (!appended) {
      if (lost_ == 0) {
        env_.log.error("spool", "records could not be kept; holter goes on trying, a gap will name them",
                       {{"error", appended.error()}});
      }
      lost_ += count;
      co_return;
    }
    if (lost_ > 0) env_.log.info("spool", "records are kept again", {{"lost", std::exchange(lost_, 0)}});
    if (appended->shed > 0)
      env_.log.warn("spool", "the spool is full, oldest records went", {{"records", appended->shed}});
    uplink_.appended();
  }

  env::Env env_;
  NewsBox& news_;
  spool::Spool& spool_;
  uplink::AgentEnd& uplink_;
  MonitoredHosts& monitored_;  // learns from every result
  env::Signal passed_;
  std::uint64_t marks_ = 0;
  std::uint64_t lost_ = 0;  // since the spool could be written last
};

// What a crash or a bad disk did to the spool, once, at the start.
void say_found(env::Log& log, const spool::Spool& spool, const std::string& directory) {
  const spool::Found& found = spool.found();
  const env::LogField where("directory", directory);
  if (found.damaged_bytes > 0 || found.named_lost > 0) {
    log.error("spool", "the spool was damaged; a gap names what is lost",
              {where, {"bytes", found.damaged_bytes}, {"records", found.named_lost}});
  }
  if (found.new_epoch && found.records > 0) {
    log.error("spool", "the spool's state was lost; a new numbering begins", {where});
  }
}

uplink::AgentOptions uplink_options(const env::Env& env, const RunOptions& options, const base::AgentId& id,
                                    capture::OwnTraffic& own) {
  uplink::AgentOptions uplink;
  uplink.hub_host = options.settings.agent_hub.host;
  uplink.hub_port = options.settings.agent_hub_port();
  uplink.agent = id;
  uplink.name = options.settings.name.empty() ? env.host.name() : options.settings.name;
  uplink.version = kVersion;
  uplink.announce = [&own](const base::Endpoint& local, const base::Endpoint& hub) { return own.hold({local, hub}); };
  return uplink;
}

// Waits for the end. A suspension in between is recorded as a gap; SIGHUP opens the log's file and reads the
// configuration again.
env::Task<void> until_told_to_end(env::Env env, env_linux::Signals& signals, env_linux::ProgramLog& log,
                                  Spooler& spooler, NewsBox& news, Reloader& reloader) {
  for (;;) {
    const auto signal = co_await signals.next();
    if (!signal || *signal == SIGINT || *signal == SIGTERM) co_return;
    if (*signal == SIGHUP) {
      log.reopen();
      co_await reloader.reload();
    }
    if (*signal != SIGTSTP) continue;
    co_await spooler.flush();
    news.post(record::Record(suspend_with_gap(env)));
  }
}

std::string hub_in_words(const RunOptions& options) {
  const std::string port = std::to_string(options.settings.agent_hub_port());
  return base::UntrustedText(options.settings.agent_hub.host).for_terminal() + " port " + port;
}

std::string banner_of(const env::Env& env, const RunOptions& options, const Ground& ground, const spool::Spool& spool,
                      const std::string& captured, const LastSeconds& last_seconds) {
  const auto& settings = options.settings;
  return banner({{"holter", std::string(kVersion) + ", " + ground.runs_as},
                 {"agent", settings.name.empty() ? env.host.name() : settings.name},
                 {"hub", hub_in_words(options)},
                 {"probes", "by the hub's plan"},
                 {"captures", ground.broker ? captured : "nothing: " + ground.no_broker},
                 {"recorder", last_seconds.in_words()},
                 {"keeps", fmt::format("what the hub has not got, in {}, at most {} MiB; {} records are there",
                                       ground.paths.data, spool::Options().max_bytes >> 20, spool.kept())},
                 {"host", addresses_in_words(facts_of(env.host))}});
}

}  // namespace

env::Task<void> agent_main(env::Env env, RunOptions options, Ground& ground, int& exit_code) {
  exit_code = kFailed;
  auto signals = env_linux::Signals::create(env.executor, {SIGINT, SIGTERM, SIGTSTP, SIGCONT, SIGHUP});
  if (!signals) co_return print_error(to_string(signals.error()) + '\n');
  const auto id = agent_id(env, ground.paths);
  if (!id) co_return print_error("cannot read or make the agent's identity: " + id.error().message + '\n');
  spool::Options spool_options;
  spool_options.directory = ground.paths.data + "/spool";
  spool_options.agent = *id;
  auto spool = spool::Spool::open(env.files, spool_options, env.clock.wall_now());
  if (!spool) co_return print_error("cannot open the spool: " + spool.error().message + '\n');
  say_found(env.log, **spool, spool_options.directory);

  AgentControl control(env, hub_in_words(options));
  capture::OwnTraffic own(env);
  CapturePlan capturing = capture_plan(options, facts_of(env.host), &own);
  LastSeconds last_seconds(env, options, ground, capturing, control.router());
  NewsBox news(env.executor, kNewsCapacity);
  probe::Policy policy = options.settings.policy;
  policy.local = policy.local.value_or(false);  // the plan is the hub's
  auto probe = ProbeRiver::start(*ground.log, ground.loop_options(), std::move(policy), news);
  if (!probe) co_return print_error("cannot probe: " + probe.error().message + '\n');
  std::unique_ptr<Captures> capture;
  MonitoredHosts monitored;
  uplink::AgentEnd uplink(env, uplink_options(env, options, *id, own), **spool,
                          // A plan may still come when the rivers have ended.
                          [&](const record::Plan& plan) {
                            monitored.set(options.settings, plan);
                            if (capture && monitored.take_changed()) capture->set_monitored(monitored.hosts());
                            if (*probe) (*probe)->set_plan(plan);
                          });
  Spooler spooler(env, news, **spool, uplink, monitored);
  env::TaskGroup taking(env.executor);
  taking.spawn(spooler.take_news());
  capturing.sightings = (*probe)->sightings();
  capture = start_captures(ground, capturing, news);
  capturing.sightings.reset();  // which shall not outlive the probes' loop
  if (capture) (*probe)->announce_to(last_seconds.with_listeners(capture->announcements()));
  env::TaskGroup sending(env.executor);
  sending.spawn(uplink.run());
  sending.spawn(own.run());
  sending.spawn(follow_monitored(env, monitored, capture));
  sending.spawn(control.serve(ground.paths.control_socket()));
  sending.spawn(last_seconds.keep_notes());
  sending.spawn(say_alive(env, ground.service));
  sending.spawn(tell_held(env, *ground.log));
  print(banner_of(env, options, ground, **spool, capturing.in_words(), last_seconds));
  ground.service.ready("recording for the hub at " + options.settings.agent_hub.host);
  Reloader reloader(env, options, [&](const config::Settings& running, const config::Settings& wanted) {
    ground.log->set_levels(log_levels(wanted.log));
    if (capture && !running.capture.filters_as(wanted.capture)) capture->set_filter(capture_filter(wanted));
  });
  co_await until_told_to_end(env, **signals, *ground.log, spooler, news, reloader);
  exit_code = kDone;

  // From here on nothing new begins: the rivers end, and what they left is made durable for the next time.
  env.log.info("holter", "stopping");
  ground.service.stopping();
  capture.reset();  // before the loop that it tells what it saw
  probe->reset();
  last_seconds.remove();
  news.close();
  co_await taking.join();
  co_await sending.stop();
  co_await control.stop();
  env.log.info("holter", "stopped");
}

}  // namespace holter::app
