// The active river: a Runner on a loop of its own, fed with plans, and with orders for single probes beside them. It
// announces what it sends to the listeners that it is given, and is told by captures what they saw of it.
#pragma once

#include "app/news.h"
#include "app/probe_packets.h"
#include "app/probe_requests.h"
#include "app/river.h"
#include "probe/policy.h"
#include "record/probe_plan.h"

namespace holter::app {

class ProbeRiver {
 public:
  // `log` and `news` outlive it. What the policy denies is asked by no probe, whatever a plan or an order says. Says in
  // `news` (StartNews "probe") by which sockets it can ping.
  static base::Result<std::unique_ptr<ProbeRiver>> start(env::Log& log, env_linux::LoopOptions options,
                                                         probe::Policy policy, NewsBox& news,
                                                         std::optional<ProbeReports> reports = {});

  ~ProbeRiver() { river_->join(); }

  void set_plan(record::Plan plan) { plans_.post(std::move(plan)); }  // any thread
  // False when there is no room. Its report goes to the box that start() was given. Any thread.
  bool order(ProbeOrder order) { return orders_.post(std::move(order)); }
  // Who is told of packets from here on, in the place of those before. Any thread.
  void announce_to(std::vector<AnnouncementBox> listeners) { listeners_.post(std::move(listeners)); }
  // Where captures say what they saw; they are gone before the river is.
  SightingBox sightings() const { return sightings_; }

 private:
  ProbeRiver(std::unique_ptr<River> river, probe::Policy policy, NewsBox& news, std::optional<ProbeReports> reports);

  NewsSink sink_;
  std::unique_ptr<River> river_;
  env::Mailbox<record::Plan> plans_;
  env::Mailbox<ProbeOrder> orders_;
  env::Mailbox<std::vector<AnnouncementBox>> listeners_;
  SightingBox sightings_;
  std::optional<ProbeReports> reports_;
};

}  // namespace holter::app
