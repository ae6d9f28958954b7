#include "app/last_seconds.h"

#include <fmt/format.h>

namespace holter::app {
namespace {

constexpr base::Duration kNotesEvery = base::Duration::seconds(1);

std::string why_off(const RunOptions& options, const Ground& ground) {
  const auto& settings = options.settings;
  if (options.role == Role::hub) return "a hub captures nothing";
  if (!settings.capture.enabled) return "capture is switched off by capture.enabled";
  if (!settings.recorder.enabled) return "the recorder is switched off by recorder.enabled";
  return ground.broker == nullptr ? ground.no_broker : "";
}

}  // namespace

LastSeconds::LastSeconds(env::Env env, const RunOptions& options, const Ground& ground, CapturePlan& plan,
                         http::Router& router)
    : env_(env),
      off_(why_off(options, ground)),
      files_(env, ground.paths, options.settings.recorder, off_.empty() ? plan.loops() : 0),
      notes_(options.settings.recorder.ring.horizon),
      desk_(env, files_.rings(), off_) {
  plan.recorders = files_.rings();
  desk_.set_comments([this] {
    notes_.take(packet_now(env_));
    return notes_.comments();
  });
  desk_.add_routes(router);
}

std::vector<AnnouncementBox> LastSeconds::with_listeners(std::vector<AnnouncementBox> captures) const {
  if (!rings().empty()) captures.push_back(notes_.box());
  return captures;
}

env::Task<void> LastSeconds::keep_notes() {
  for (;;) {
    notes_.take(packet_now(env_));
    co_await env_.clock.sleep_for(kNotesEvery);
  }
}

std::string LastSeconds::in_words() const {
  if (rings().empty()) return "";
  std::uint64_t bytes = 0;
  for (const recorder::Ring& ring : rings()) bytes += ring.layout().bytes();
  return fmt::format("the frames of the last {} s at most, in {} MiB of memory, for `holter freeze`",
                     rings().front().horizon().in_seconds(), (bytes + (1 << 20) - 1) >> 20);
}

}  // namespace holter::app
