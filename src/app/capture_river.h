// The passive river: a CaptureTask on a loop of its own. holter's own connections, by the ports it serves or reports
// to, are left out of what it records. Presence hears of hosts whose traffic is awaited.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/news.h"
#include "app/options.h"
#include "app/plan.h"
#include "app/river.h"
#include "app/start.h"
#include "app/traffic.h"
#include "capture/pipeline.h"
#include "env/mailbox.h"
#include "filter/capture_filter.h"
#include "recorder/ring.h"

namespace holter::app {

struct CapturePlan {
  std::string interface;
  std::vector<std::uint16_t> own_tcp_ports;
  filter::CaptureFilter filter = {};
  bool promiscuous = true;
  std::optional<recorder::Ring> recorder = {};  // its memory outlives the river
  capture::Recorded recorded = {};
  std::string off = {};  // why nothing is captured; empty: it is
  std::vector<capture::AwaitedHost> awaited = {};
  std::optional<TrafficBox> traffic = {};  // where it is said that they are heard; an agent has none
};

class CaptureRiver {
 public:
  // `log` and `news` outlive it. Says in `news` what becomes of the capture (CaptureNews), at every change.
  static base::Result<std::unique_ptr<CaptureRiver>> start(env::Log& log, env_linux::LoopOptions options,
                                                           CapturePlan plan, NewsBox& news);
  ~CaptureRiver() { river_->join(); }

  // Any thread.
  void set_filter(filter::CaptureFilter filter) { filters_.post(std::move(filter)); }
  void await_hosts(std::vector<capture::AwaitedHost> hosts) { awaited_.post(std::move(hosts)); }
  void set_monitored(std::vector<base::IpAddress> hosts) { monitored_.post(std::move(hosts)); }

 private:
  using Filters = env::Mailbox<filter::CaptureFilter>;
  using Awaited = env::Mailbox<std::vector<capture::AwaitedHost>>;
  using Monitored = env::Mailbox<std::vector<base::IpAddress>>;

  CaptureRiver(std::unique_ptr<River> river, CapturePlan plan, NewsBox& news);

  NewsSink sink_;
  std::unique_ptr<River> river_;
  Filters filters_;
  Awaited awaited_;
  Monitored monitored_;
};

// Of settings that were checked.
filter::CaptureFilter capture_filter(const config::Settings& settings);

// On the named interface, else that of the default route, else lo.
CapturePlan capture_plan(const RunOptions& options, const HostFacts& facts);

// Empty, and said in `news`, when this process may not capture.
std::unique_ptr<CaptureRiver> start_capture(Ground& ground, CapturePlan plan, NewsBox& news);

}  // namespace holter::app
