// EchoProbes are the icmp probes under way, without a coroutine for each: what is due is sent in batches, what arrives
// is given to the probe it belongs to, and one timer wheel knows when the next request of a burst leaves and when a
// deadline has passed. One socket for all that go out the same way, of each family. RTT is between kernel stamps.
//
// At most kMaxEchoes requests at once; nothing is told from within begin(). One loop.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/timer_wheel.h"
#include "probe/announcer.h"
#include "probe/icmp/burst.h"
#include "probe/icmp/channel.h"

namespace holter::probe {

class EchoProbes {
 public:
  using Key = base::TimerWheel::Key;
  using Done = std::function<void(record::ProbeResult)>;

  explicit EchoProbes(env::Env env);
  ~EchoProbes();

  struct Order {
    record::ProbeResult begun;  // the result so far, with the address that is asked
    base::IpAddress target;
    EchoOptions options;
    base::Duration timeout;
    Announced announced = {};
  };
  // `done` is told on the loop how the probe ended, and the key means nothing any more.
  Key begin(Order order, Done done);
  // It is not asked any more, and nobody is told.
  void forget(Key key);
  // Which socket is used, in words: "raw", "unprivileged", "none: why".
  std::string describe();
  // Forgets all and ends the loops.
  env::Task<void> stop();

 private:
  struct Probe;

  base::Result<EchoChannel*> channel(base::IpAddress::Family family, const EchoOptions& options);
  env::Task<void> receive_loop(EchoChannel& channel);
  env::Task<void> tend_loop();
  void tend();
  void on_time(Key key, base::Instant now);
  void send_next(Key key, Probe& probe, base::Instant now);
  void flush(base::Instant now);
  void on_news(const EchoNews& news);
  void refuse(Key key, const base::Error& why);
  void end(Key key);
  std::unique_ptr<Probe> take(Key key);

  env::Env env_;
  std::uint16_t first_id_;
  std::vector<std::unique_ptr<EchoChannel>> channels_;
  std::vector<std::unique_ptr<Probe>> probes_;  // by key
  std::vector<Key> free_;
  base::TimerWheel wheel_;
  std::vector<Key> due_;
  base::Duration wall_offset_;  // as of what is being done
  base::Instant awake_;         // when the tending looks again
  env::Signal sooner_;
  env::TaskGroup loops_;
};

}  // namespace holter::probe
