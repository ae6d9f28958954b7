// What is captured, and what becomes of it: of the settings and of what the host has. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/options.h"
#include "app/plan.h"
#include "app/probe_packets.h"
#include "app/traffic.h"
#include "capture/capture_task.h"
#include "filter/capture_filter.h"
#include "recorder/ring.h"

namespace holter::app {

struct CapturePlan {
  std::vector<std::string> interfaces;
  unsigned workers = 1;                // of each
  capture::OwnTraffic* own = nullptr;  // what is left out; outlives the capture
  filter::CaptureFilter filter = {};
  bool promiscuous = true;
  std::vector<recorder::Ring> recorders = {};  // one a worker, or none
  capture::Recorded recorded = {};
  std::string off = {};  // why nothing is captured; empty: it is
  std::vector<capture::AwaitedHost> awaited = {};
  std::optional<TrafficBox> traffic = {};     // where it is said that they are heard; an agent has none
  std::optional<SightingBox> sightings = {};  // where it is said what was seen of probes; its loop outlives the rivers

  std::size_t loops() const { return interfaces.size() * workers; }
  std::string in_words() const;  // "eth0, eth1, 4 workers each"
};

// Of settings that were checked.
filter::CaptureFilter capture_filter(const config::Settings& settings);

// On the named interfaces, else that of the default route, else lo.
CapturePlan capture_plan(const RunOptions& options, const HostFacts& facts, capture::OwnTraffic* own = nullptr);

}  // namespace holter::app
