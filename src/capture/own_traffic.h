// OwnTraffic knows the sockets by which holter is read and reports to its hub, and tells the captures of this process.
// What they carried is left out: recorded, it would be reported, and that recorded again, for ever. It holds
//
//  * what listens, as a whole: whoever talks to that address and port talks to holter, also before accept() tells of
//    him. Of a listener on every address, the addresses that this host has, and each that a connection came in by;
//  * what connects, by both of its ends, from before the first packet leaves.
//
// Each is held until kAfterwards after its end, for what the kernel still sends and hears. At most kMaxSockets; one
// that finds no room is counted and said, and stays in the capture. Main loop; a feed is taken from on its capture's.
#pragma once

#include <map>
#include <memory>

#include "capture/exclusions.h"
#include "env/env.h"
#include "env/letterbox.h"

namespace holter::capture {

// What a capture looks into before each block of frames, so that it knows of a socket before that one's first packet.
using OwnFeed = std::shared_ptr<env::Letterbox<OwnSockets>>;

struct OwnFigures {
  std::size_t listening = 0;
  std::size_t connections = 0;
  std::uint64_t refused = 0;  // no room, since the start
};

class OwnTraffic {
 public:
  static constexpr std::size_t kMaxSockets = 1'024;
  // Longer than Linux says goodbye for a socket that nobody answers (100 s) or keeps one in TIME_WAIT (60 s).
  static constexpr base::Duration kAfterwards = base::Duration::seconds(120);
  static constexpr base::Duration kLookEvery = base::Duration::seconds(1);
  static constexpr base::Duration kAddressesEvery = base::Duration::seconds(5);

  // Held for as long as the socket is open. May outlive the OwnTraffic.
  using Hold = std::shared_ptr<const void>;

  explicit OwnTraffic(env::Env env);
  ~OwnTraffic();

  // What it accepts is holter's own.
  std::unique_ptr<env::Listener> watch(std::unique_ptr<env::Listener> listener);
  Hold hold(const OwnConnection& connection);
  // What is held, now and at every change, for as long as somebody has the feed.
  OwnFeed feed();
  // Looks for what is over and for new addresses. Until cancelled.
  env::Task<void> run();
  OwnFigures figures() const;

 private:
  struct State;
  struct Holding;
  class OwnStream;
  class OwnListener;

  static Hold hold(const std::shared_ptr<State>& state, const OwnConnection& socket);
  static env::Task<base::Result<std::unique_ptr<env::ByteStream>>> accept(std::shared_ptr<env::Listener> under,
                                                                          std::shared_ptr<State> state);
  void look_at_addresses();

  env::Env env_;
  std::shared_ptr<State> state_;
  std::vector<base::Endpoint> listening_;  // as they were opened, wildcards among them
  std::map<base::Endpoint, Hold> addresses_;
  base::Instant next_addresses_;
};

}  // namespace holter::capture
