#include "app/hub_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "app/banner.h"
#include "app/version.h"
#include "base/url_user.h"

namespace holter::app {
namespace {

constexpr std::size_t kProbesTold = 12;  // by name

std::string probes_in_words(const RunOptions& options, const record::Plan& plan) {
  if (options.passive) return "nothing (--passive)";
  std::string text;
  for (const auto& probe : std::span(plan.probes).first(std::min(plan.probes.size(), kProbesTold))) {
    text += fmt::format("{}{} ({} {}, every {})", text.empty() ? "" : ", ", probe.name, to_string(probe.kind),
                        base::masked_url(probe.target), to_string(probe.interval));
  }
  if (plan.probes.size() > kProbesTold) text += fmt::format(" and {} more", plan.probes.size() - kProbesTold);
  return options.role == Role::hub ? text + ", by its agents" : text;
}

std::string captures_in_words(const RunOptions& options, const Ground& ground, const HostFacts& facts) {
  if (options.role == Role::hub) return "";
  const auto plan = capture_plan(options, facts);
  if (!plan.off.empty()) return "nothing: " + plan.off;
  return ground.broker ? plan.in_words() : "nothing: " + ground.no_broker;
}

}  // namespace

std::string page_of(const RunOptions& options) { return "http://" + to_string(options.settings.http) + "/"; }

api::About about_hub(const env::Env& env, const RunOptions& options, const Ground& ground, const base::AgentId& agent) {
  api::About about;
  about.version = kVersion;
  about.role = options.role == Role::hub ? "hub" : "run";
  about.name = options.settings.name.empty() ? env.host.name() : options.settings.name;
  about.agent = agent;
  about.started = env.clock.wall_now();
  about.page = page_of(options);
  about.data_directory = ground.paths.data;
  for (const auto& endpoint : options.settings.heartbeat.listen) about.pulse_endpoints.push_back(to_string(endpoint));
  about.store_budget_bytes = options.settings.store.budget_bytes;
  return about;
}

std::string hub_banner(const RunOptions& options, const Ground& ground, const HostFacts& facts,
                       const record::Plan& plan, const Beginnings& beginnings) {
  return banner(
      {{"holter", std::string(kVersion) + ", " + ground.runs_as},
       {"page", page_of(options)},
       {"probes", probes_in_words(options, plan)},
       {"sockets", beginnings.probe.empty() ? "" : "ICMP " + beginnings.probe},
       {"captures", captures_in_words(options, ground, facts)},
       {"recorder", beginnings.recorder},
       {"listens", "for pulses on UDP " + beginnings.heartbeat},
       {"lines", beginnings.lines.empty() ? "" : "of text on TCP " + beginnings.lines + ", with TLS or without"},
       {"agents", options.role == Role::hub ? "connect to TCP " + to_string(options.settings.hub_listen) : ""},
       {"keeps", fmt::format("{}, at most {} MiB; the oldest packets and conversations go first, each loss is recorded",
                             ground.paths.data, options.settings.store.budget_bytes >> 20)},
       {"host", addresses_in_words(facts)}});
}

std::string addresses_in_words(const HostFacts& facts) {
  std::string text;
  for (const auto& address : own_addresses(facts)) text += (text.empty() ? "" : ", ") + address;
  return text.empty() ? "no address but loopback" : text;
}

}  // namespace holter::app
