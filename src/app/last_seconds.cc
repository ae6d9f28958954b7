#include "app/last_seconds.h"

#include <fmt/format.h>

namespace holter::app {
namespace {

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
    : off_(why_off(options, ground)),
      files_(env, ground.paths, options.settings.recorder, off_.empty() ? plan.loops() : 0),
      desk_(env, files_.rings(), off_) {
  plan.recorders = files_.rings();
  desk_.add_routes(router);
}

std::string LastSeconds::in_words() const {
  if (rings().empty()) return "";
  std::uint64_t bytes = 0;
  for (const recorder::Ring& ring : rings()) bytes += ring.layout().bytes();
  return fmt::format("the frames of the last {} s at most, in {} MiB of memory, for `holter freeze`",
                     rings().front().horizon().in_seconds(), (bytes + (1 << 20) - 1) >> 20);
}

}  // namespace holter::app
