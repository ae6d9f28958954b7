#include "app/capture_plan.h"

#include <algorithm>

namespace holter::app {
namespace {

// One worker reads more than most links carry; each more costs a thread and a ring.
constexpr std::size_t kProcessorsAWorker = 4;
constexpr std::size_t kMostByThemselves = 4;

unsigned workers(const config::CaptureSettings& settings, std::size_t interfaces, unsigned processors) {
  if (settings.workers.count != 0) return settings.workers.count;
  const std::size_t worth = processors / (kProcessorsAWorker * interfaces);
  return static_cast<unsigned>(std::clamp<std::size_t>(worth, 1, kMostByThemselves));
}

capture::Recorded recorded(const config::CaptureSettings& settings) {
  const bool packets = settings.recorded == config::RecordDetail::packets;
  return {.packets_per_second = packets ? settings.packets_per_second : 0,
          .flows = settings.recorded != config::RecordDetail::off,
          .export_interval = settings.export_interval};
}

}  // namespace

std::string CapturePlan::in_words() const {
  std::string text;
  for (const std::string& interface : interfaces) {
    text += (text.empty() ? "" : ", ") + base::UntrustedText(interface).for_terminal();
  }
  if (workers == 1) return text;
  return text + ", " + std::to_string(workers) + (interfaces.size() == 1 ? " workers" : " workers each");
}

filter::CaptureFilter capture_filter(const config::Settings& settings) {
  filter::CaptureFilter out;
  if (auto keep = filter::PacketFilter::compile(settings.capture.keep)) out.keep = std::move(*keep);
  for (const std::string& text : settings.capture.drop) {
    if (auto drop = filter::PacketFilter::compile(text)) out.drops.push_back(std::move(*drop));
  }
  return out;
}

CapturePlan capture_plan(const RunOptions& options, const HostFacts& facts, capture::OwnTraffic* own) {
  const config::CaptureSettings& settings = options.settings.capture;
  CapturePlan plan;
  plan.interfaces = settings.interfaces.names;
  if (plan.interfaces.empty()) plan.interfaces = {facts.default_interface.empty() ? "lo" : facts.default_interface};
  plan.own = own;
  plan.workers = workers(settings, plan.interfaces.size(), facts.processors);
  plan.filter = capture_filter(options.settings);
  plan.promiscuous = settings.promiscuous;
  plan.recorded = recorded(settings);
  if (!settings.enabled) plan.off = "switched off by capture.enabled";
  plan.awaited = awaited_hosts(options.settings);
  return plan;
}

}  // namespace holter::app
