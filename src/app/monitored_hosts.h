// MonitoredHosts knows whose frames the recorder keeps apart: hosts whose traffic a session awaits, and those that the
// plan probes. A name stands for the addresses that its probe asked, the newest kAddressesOfAProbe of them, so that a
// name that leads somewhere else every time stays small. Not loopback, where this host only talks to itself. Main loop.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/ip.h"
#include "config/settings.h"
#include "record/probe_plan.h"
#include "record/probe_result.h"

namespace holter::app {

class MonitoredHosts {
 public:
  static constexpr std::size_t kAddressesOfAProbe = 4;

  // What was learnt of probes that stay as they are holds.
  void set(const config::Settings& settings, const record::Plan& plan);
  void learn(const record::ProbeResult& result);
  // Whether hosts() are others than when it was asked last.
  bool take_changed() { return std::exchange(changed_, false); }
  // Those that the settings name first; some may be there twice.
  std::vector<base::IpAddress> hosts() const;

 private:
  struct Named {
    std::string target;
    std::vector<base::IpAddress> addresses = {};  // the newest last
  };

  std::vector<base::IpAddress> by_address_;
  std::map<std::string, Named> by_name_;  // of a probe
  bool changed_ = false;
};

}  // namespace holter::app
