// Captures is the passive river: a CaptureRiver for each worker of each interface. What is said to it is said to all.
// Any thread, one at a time.
#pragma once

#include <memory>
#include <vector>

#include "app/capture_river.h"
#include "app/monitored_hosts.h"
#include "app/start.h"

namespace holter::app {

class Captures {
 public:
  // As CaptureRiver::start().
  static base::Result<std::unique_ptr<Captures>> start(env::Log& log, const env_linux::LoopOptions& options,
                                                       const CapturePlan& plan, NewsBox& news);
  ~Captures();

  void set_filter(const filter::CaptureFilter& filter);
  void await_hosts(const std::vector<capture::AwaitedHost>& hosts);
  void set_monitored(const std::vector<base::IpAddress>& hosts);
  // Where probes announce their packets: to each.
  std::vector<AnnouncementBox> announcements() const;

 private:
  // Of each interface the first worker first, which tells the next.
  std::vector<std::unique_ptr<CaptureRiver>> rivers_;
};

// Empty, and said in `news`, when this process may not capture.
std::unique_ptr<Captures> start_captures(Ground& ground, const CapturePlan& plan, NewsBox& news);

// Tells `captures`, once there are some, whom a name leads to by now. Until cancelled; what is referred to outlives it.
env::Task<void> follow_monitored(env::Env env, MonitoredHosts& monitored, const std::unique_ptr<Captures>& captures);

}  // namespace holter::app
