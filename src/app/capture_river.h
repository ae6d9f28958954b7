// One worker of the passive river: a CaptureTask on a loop of its own. holter's own traffic is left out of what it
// records. Presence hears of hosts whose traffic is awaited. Captures has all of them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/capture_plan.h"
#include "app/news.h"
#include "app/river.h"
#include "env/mailbox.h"

namespace holter::app {

using CrewBox = env::Mailbox<capture::Crew>;

// What a worker is among those of its plan.
struct CaptureSeat {
  std::string interface;
  std::size_t interface_number = 0;  // in the plan
  unsigned worker = 0;               // of those that share the interface
  unsigned workers = 1;
  std::optional<recorder::Ring> recorder = {};  // its memory outlives the river
  std::optional<CrewBox> next = {};             // of the worker behind it, whose river outlives this one
};

class CaptureRiver {
 public:
  // `log` and `news` outlive it. Says in `news` what becomes of the capture (CaptureNews), at every change.
  static base::Result<std::unique_ptr<CaptureRiver>> start(env::Log& log, env_linux::LoopOptions options,
                                                           const CapturePlan& plan, CaptureSeat seat, NewsBox& news);
  ~CaptureRiver() { river_->join(); }

  // Any thread.
  void set_filter(filter::CaptureFilter filter) { boxes_.filters.post(std::move(filter)); }
  void await_hosts(std::vector<capture::AwaitedHost> hosts) { boxes_.awaited.post(std::move(hosts)); }
  void set_monitored(std::vector<base::IpAddress> hosts) { boxes_.monitored.post(std::move(hosts)); }
  CrewBox crew() const { return boxes_.crew; }
  // Where probes announce their packets to it.
  AnnouncementBox announcements() const { return boxes_.announced; }

  // What reaches it from other loops.
  struct Boxes {
    Boxes(const boost::asio::any_io_executor& executor, capture::OwnTraffic* own_traffic);

    env::Mailbox<filter::CaptureFilter> filters;
    env::Mailbox<std::vector<capture::AwaitedHost>> awaited;
    env::Mailbox<std::vector<base::IpAddress>> monitored;
    CrewBox crew;
    capture::OwnFeed own;
    AnnouncementBox announced{kWaitingAnnouncements};
  };

 private:
  CaptureRiver(std::unique_ptr<River> river, const CapturePlan& plan, CaptureSeat seat, NewsBox& news);

  NewsSink sink_;
  std::unique_ptr<River> river_;
  Boxes boxes_;
};

}  // namespace holter::app
