// CaptureTask runs a Pipeline on a real or simulated interface: it opens the frames, reads them block by block, reads
// the kernel's counters once a second, hands every record to the sink and a snapshot to the observer. When the
// interface goes away it says so once (log, NetworkChange, snapshot), tries again with growing pauses, and names the
// blind time by a Gap. An interface that is renamed is followed: its records carry the new name from then on, and a
// NetworkChange says which it had. tell_heard() passes on whom of the awaited hosts it heard, watch_probes() what it
// saw of probes. Everything runs on the loop of its Env; `sink`, what `observer` refers to and the task itself outlive
// run().
//
// Several of them may share an interface, each on a loop of its own (Crew): the first opens it as one alone would, and
// passes the group on to the second, which joins and passes it on. They read what the first lets them join, and leave
// all talk of the interface itself to the first.
//
//   CaptureTask capture(env, {.interface = "eth0"}, sink, observer);
//   tasks.spawn(capture.run());
//   co_await tasks.stop();
//   capture.finish();   // what is held becomes records
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "capture/own_traffic.h"
#include "capture/pipeline.h"
#include "capture/snapshot.h"
#include "env/env.h"

namespace holter::capture {

// Workers that share an interface, as the next one is told of them.
struct Crew {
  std::string interface;
  std::uint16_t group = 0;
  unsigned members = 0;
};

struct CaptureOptions {
  std::string interface;
  unsigned worker = 0;                            // of those that share the interface; the first is 0
  std::function<void(const Crew&)> pass_on = {};  // to the next; empty: there is none
  bool promiscuous = true;
  std::uint32_t snaplen = 65'535;
  std::size_t ring_bytes = 16 * 1024 * 1024;
  Recorded recorded = {};
  std::size_t flow_limit = flow::kDefaultFlowLimit;
  filter::CaptureFilter filter = {};
  std::optional<recorder::Ring> recorder = {};
  OwnFeed own = {};  // of what is left out; empty: nothing is
};

class CaptureTask {
 public:
  using Observer = std::function<void(const CaptureSnapshot&)>;

  CaptureTask(env::Env env, CaptureOptions options, record::Sink& sink, Observer observer);
  CaptureTask(const CaptureTask&) = delete;
  CaptureTask& operator=(const CaptureTask&) = delete;

  // Until cancelled. Once.
  env::Task<void> run();
  // Tells whom of the awaited hosts it heard, again and again while `tell` says that it has no room. Until cancelled;
  // beside run().
  using Tell = std::function<bool(const std::vector<base::IpAddress>&)>;
  env::Task<void> tell_heard(Tell tell);
  // From the next frame on.
  void await_hosts(const std::vector<AwaitedHost>& hosts);
  // Before each block is looked at, `announced` says which packets probes have announced by then; what was seen of them
  // goes to `seen`. Before run().
  struct Probes {
    std::function<void(std::vector<record::AwaitedPackets>&)> announced;
    std::function<void(record::ProbeSightings)> seen;
  };
  void watch_probes(Probes probes) { probes_ = std::move(probes); }
  // Whose frames the recorder keeps apart, from the next one on.
  void set_monitored(const std::vector<base::IpAddress>& hosts) { pipeline_.set_monitored(hosts); }
  // After run() has ended: reads the counters a last time, closes the interval and ends every conversation.
  void finish();
  // To one that is not the first: from now on this group shares the interface. Beside run().
  void join(Crew crew);
  // From the next frame on, for a reload.
  void set_filter(const filter::CaptureFilter& filter);

 private:
  bool is_first() const { return options_.worker == 0; }
  env::Task<void> lead();
  env::Task<void> follow();
  env::Task<void> left_behind();
  void pass_on();
  Moment now() const { return {env_.clock.now(), env_.clock.wall_now()}; }
  base::Result<void> open();
  base::Result<void> open(const std::string& interface);
  // What of the filter the kernel may decide: nothing while somebody is awaited, who is heard by any frame, or there is
  // a recorder, which keeps every frame; and never what tells of changes of the network.
  env::KernelProgram for_kernel() const;
  void renew_kernel_filter();
  // Looks what the interface is called now.
  void follow_name();
  void rename(const std::string& name, std::string_view why);
  void tell_rename(const std::string& name, std::string_view why);
  env::Task<base::Result<void>> read_until_it_ends();
  env::Task<base::Result<void>> read_frames();
  void renew_exclusions();
  env::Task<base::Result<void>> read_counters_each_second();
  base::Result<void> read_counters_when_due();
  void look_up_gateways_when_due();
  void take_announced();
  void tell_seen(bool lost);
  void opened();
  void end_source();
  void ended(const base::Error& why);
  void wait_for_next_try(const base::Error& why);
  void remember_change(const std::string& before, std::string_view after);
  void deliver();
  void observe(CaptureState state, std::string why);

  env::Env env_;
  CaptureOptions options_;
  record::Sink& sink_;
  Observer observer_;
  Pipeline pipeline_;
  std::vector<OwnSockets> own_;  // as told last
  env::Signal heard_;
  std::optional<Crew> crew_;  // to join, or joined
  bool crew_is_new_ = false;
  env::Signal crew_came_;
  Probes probes_;
  std::vector<record::AwaitedPackets> announced_;
  std::string interface_;  // its present name; options_.interface is the one that was asked for
  bool loopback_ = false;
  std::uint32_t index_ = 0;  // of the interface that was captured last, 0 before the first
  std::unique_ptr<env::FrameSource> source_;
  std::vector<record::Record> records_;
  base::Instant next_reading_;
  base::Instant next_look_;  // at the gateways
  base::Duration retry_ = kFirstRetry;
  bool said_waiting_ = false;
  std::optional<base::WallTime> blind_since_;  // after it has captured once
};

}  // namespace holter::capture
