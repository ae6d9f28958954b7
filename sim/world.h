// World is the simulated environment of holter: hosts that run real holter code on virtual time, network and disks,
// from one seed. Its loop is: run every process (in seeded order) until nothing is runnable, jump to the earliest
// event, do it, again. The same seed and scenario give the same trace_hash(). One thread. Processes that still run die
// with the World, so declare it after what their coroutines refer to.
//
//   sim::World world(seed);
//   auto& hub = world.add_host("hub", {.addresses = {address}});
//   hub.boot(run_hub);                         // Task<void>(env::Env): parameters by value, no captures in a coroutine
//   world.at(when, [&] { world.crash(hub); }); // a crash is always an event, never done from inside a process
//   world.run_for(Duration::hours(1));
//   EXPECT_EQ(world.failure(), "");
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sim/host.h"
#include "sim/marks.h"

namespace holter::sim {

// More handlers than this without time moving on is a live-lock and fails the run.
inline constexpr std::uint64_t kMaxStepsPerInstant = 1'000'000;

class World {
 public:
  explicit World(std::uint64_t seed);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  std::uint64_t seed() const { return seed_; }
  base::Instant now() const { return timeline_.now(); }
  SeededRandom& random() { return timeline_.random(); }
  Internet& internet() { return internet_; }
  Fabric& fabric() { return internet_.fabric(); }
  Marks& marks() { return marks_; }

  Host& add_host(const std::string& name, HostOptions options);
  // The process dies; every byte it wrote stays; its kernel still answers and closes its sockets.
  void crash(Host& host);
  // The machine stops: unsynced bytes and names are lost, and nobody is told.
  void power_loss(Host& host);
  // The machine sleeps: its process stands still and nothing reaches it until resume(); what ran out meanwhile is late.
  void suspend(Host& host);
  void resume(Host& host);

  void partition(const Host& a, const Host& b);
  void partition_one_way(const Host& from, const Host& to) { fabric().cut(from.index(), to.index()); }
  void heal(const Host& a, const Host& b);

  // A scenario's own event.
  void at(base::Instant when, std::function<void()> action) { timeline_.at(when, "scenario", std::move(action)); }
  void run_until(base::Instant end);
  void run_for(base::Duration span) { run_until(now() + span); }
  // Runs until `done` says so after an event; false when `limit` passed first.
  bool run_while_not(const std::function<bool()>& done, base::Duration limit);

  std::uint64_t trace_hash() const;
  // Why the run is bad (a live-lock, an error line nobody allowed); empty when it is not.
  std::string failure() const;
  // All datagrams and ICMP of the world, in true time.
  base::Result<void> write_pcap(const std::string& path) const;

 private:
  void settle();

  std::uint64_t seed_;
  Timeline timeline_;
  Internet internet_;
  Marks marks_;
  std::vector<std::unique_ptr<Host>> hosts_;
  bool inside_a_process_ = false;
  base::Instant counted_at_;
  std::uint64_t steps_ = 0;  // since counted_at_
  std::string live_lock_;
};

}  // namespace holter::sim
