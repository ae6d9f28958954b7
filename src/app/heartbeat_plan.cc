#include "app/heartbeat_plan.h"

namespace holter::app {
namespace {

heartbeat::ListenerOptions listener_options(const config::Settings& all) {
  const config::HeartbeatSettings& settings = all.heartbeat;
  heartbeat::ListenerOptions options;
  options.endpoints = settings.listen;
  options.table.limit = settings.limit;
  options.table.strangers.all = settings.unauthenticated;
  options.table.detector.asks = static_cast<std::uint8_t>(settings.asks);
  options.table.detector.ask_spacing = settings.ask_interval;
  options.table.detector.unannounced_silence = settings.silence;
  options.table.detector.adaptive = settings.adaptive;
  options.table.pinged = heartbeat::Schedule::every(settings.period, settings.grace);
  const config::CompatHeartbeatSettings& ancestors = all.compat_heartbeats;
  options.table.segments =
      heartbeat::DetectorOptions{static_cast<std::uint8_t>(ancestors.pulses), compat::kPulseSpacing, ancestors.timeout};
  return options;
}

CompatPlan compat_plan(const config::CompatHeartbeatSettings& settings) {
  CompatPlan plan;
  plan.enabled = settings.enabled;
  plan.interface = settings.interface;
  plan.adapter.port = static_cast<std::uint16_t>(settings.port);
  plan.adapter.reply_port = static_cast<std::uint16_t>(settings.reply_port);
  return plan;
}

// Of a job, as the settings were checked.
std::optional<heartbeat::Schedule> schedule_of(const config::SessionSettings& session, base::Duration usual_grace) {
  const base::Duration grace = session.grace.value_or(usual_grace);
  if (session.period) return heartbeat::Schedule::every(*session.period, grace);
  if (session.cron.empty()) return std::nullopt;
  auto expression = heartbeat::CronExpression::parse(session.cron);
  const auto zone =
      session.time_zone.empty() ? heartbeat::TimeZone::of_host() : heartbeat::TimeZone::find(session.time_zone);
  if (!expression || !zone) return std::nullopt;
  return heartbeat::Schedule::by_cron(std::move(*expression), *zone, grace);
}

}  // namespace

HeartbeatPlan heartbeat_plan(const config::Settings& settings) {
  HeartbeatPlan plan;
  plan.listener = listener_options(settings);
  plan.lines.endpoints = settings.heartbeat.lines;
  plan.compat = compat_plan(settings.compat_heartbeats);
  plan.expected = expected_sessions(settings);
  return plan;
}

std::vector<heartbeat::ExpectedSession> expected_sessions(const config::Settings& settings) {
  std::vector<heartbeat::ExpectedSession> expected;
  for (const auto& session : settings.sessions) {
    const auto asks = session.asks ? std::optional(static_cast<std::uint8_t>(*session.asks)) : std::nullopt;
    expected.push_back({session.name, session.interval, session.detect_multiplier, asks, session.ask_interval,
                        schedule_of(session, settings.heartbeat.grace), session.adaptive, session.traffic});
  }
  return expected;
}

}  // namespace holter::app
