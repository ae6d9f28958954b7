#include "sim/world.h"

#include <fstream>

#include "base/assert.h"

namespace holter::sim {

World::World(std::uint64_t seed) : seed_(seed), timeline_(seed), internet_(timeline_) {}

World::~World() {
  // Processes first: their frames refer to sockets and disks of other hosts.
  for (auto& host : hosts_) host->process_.reset();
}

Host& World::add_host(const std::string& name, HostOptions options) {
  const auto index = static_cast<HostIndex>(hosts_.size());
  return *hosts_.emplace_back(std::make_unique<Host>(internet_, name, index, std::move(options)));
}

void World::crash(Host& host) {
  HOLTER_ASSERT(!inside_a_process_);
  timeline_.trace().note("crash", {host.index()});
  host.crash();
}

void World::power_loss(Host& host) {
  HOLTER_ASSERT(!inside_a_process_);
  timeline_.trace().note("power loss", {host.index()});
  host.power_loss();
}

void World::suspend(Host& host) {
  HOLTER_ASSERT(!inside_a_process_);
  timeline_.trace().note("suspend", {host.index()});
  host.suspend();
}

void World::resume(Host& host) {
  HOLTER_ASSERT(!inside_a_process_);
  timeline_.trace().note("resume", {host.index()});
  host.resume();
}

void World::partition(const Host& a, const Host& b) {
  fabric().cut(a.index(), b.index());
  fabric().cut(b.index(), a.index());
}

void World::heal(const Host& a, const Host& b) {
  fabric().mend(a.index(), b.index());
  fabric().mend(b.index(), a.index());
}

void World::settle() {
  if (now() != counted_at_) steps_ = 0;
  counted_at_ = now();
  const std::size_t first = hosts_.empty() ? 0 : random().below(hosts_.size());
  inside_a_process_ = true;
  for (bool ran = true; ran && live_lock_.empty();) {
    ran = false;
    for (std::size_t i = 0; i < hosts_.size(); ++i) {
      Host& host = *hosts_[(first + i) % hosts_.size()];
      std::uint64_t taken = 0;
      while (steps_ + taken < kMaxStepsPerInstant && host.step()) ++taken;
      if (taken == 0) continue;
      ran = true;
      steps_ += taken;
      timeline_.trace().note("ran", {host.index(), taken});
      if (steps_ >= kMaxStepsPerInstant) live_lock_ = host.name() + " never comes to rest: a live-lock";
    }
  }
  inside_a_process_ = false;
}

void World::run_until(base::Instant end) {
  settle();
  while (live_lock_.empty() && timeline_.next() && *timeline_.next() <= end) {
    timeline_.run_next();
    settle();
  }
  if (live_lock_.empty()) timeline_.pass_until(end);
}

bool World::run_while_not(const std::function<bool()>& done, base::Duration limit) {
  const base::Instant end = now() + limit;
  settle();
  while (!done()) {
    if (!live_lock_.empty() || !timeline_.next() || *timeline_.next() > end) return false;
    timeline_.run_next();
    settle();
  }
  return true;
}

std::uint64_t World::trace_hash() const { return timeline_.trace().hash(); }

std::string World::failure() const {
  if (!live_lock_.empty()) return live_lock_;
  for (const auto& host : hosts_) {
    const auto errors = host->log_.unexpected_errors();
    if (!errors.empty()) return host->name() + " logged an error: " + errors.front();
  }
  return "";
}

base::Result<void> World::write_pcap(const std::string& path) const {
  const auto bytes = internet_.wiretap().pcap();
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file) return base::Error{base::ErrorKind::io, path + ": could not be written"};
  return {};
}

}  // namespace holter::sim
