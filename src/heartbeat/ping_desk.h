// PingDesk decides what is answered to a ping URL and what is said of it to the session table. It knows the names that
// can be meant, makes new ones where it is asked to, and bounds how often one session is pinged. Pure; one thread (that
// of the page, not of the table, which is why a PingSign owns its bytes).
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>

#include "base/ip.h"
#include "heartbeat/ping_names.h"
#include "heartbeat/ping_request.h"
#include "heartbeat/sign.h"

namespace holter::heartbeat {

struct PingSign {
  std::string name;
  Sign::Kind kind = Sign::Kind::life;
  std::string text;
  std::string reason;
  std::string run;
  record::Authentication authentication = record::Authentication::loopback;
  base::Endpoint peer;

  Sign sign() const;  // it points into this
};

struct PingAnswer {
  int status = 200;
  std::string_view text = "OK";

  friend bool operator==(const PingAnswer&, const PingAnswer&) = default;
};

struct PingCounters {
  std::uint64_t taken = 0;
  std::uint64_t created = 0;
  std::uint64_t not_found = 0;  // a uuid, key or slug that nobody has
  std::uint64_t invalid = 0;    // not a ping URL
  std::uint64_t rate_limited = 0;
  std::uint64_t refused = 0;  // there was no room
};

// Who pings.
struct PingPeer {
  base::Endpoint endpoint;
  bool needs_key = true;  // false: it is on this host, and nobody asks through it
};

class PingDesk {
 public:
  // healthchecks.io takes 5 a minute.
  static constexpr std::uint32_t kPerMinute = 60;
  static constexpr std::size_t kMaxReasonBytes = 200;

  explicit PingDesk(PingNames names) : names_(std::move(names)) {}

  struct Taken {
    PingAnswer answer;
    std::optional<PingSign> sign;
  };
  Taken take(const PingRequest& request, std::string body, const PingPeer& peer, base::Instant now);
  PingAnswer count_invalid();
  // There was no room for the sign that take() gave.
  PingAnswer count_refused();

  using Names = std::set<std::string, std::less<>>;
  // Replaces the names that the settings and the keys know; created ones stay.
  void set_known(Names names);
  // The secret that the URLs are made of, when it has become another.
  void set_secret(std::optional<PingSecret> secret);
  // A name that was created before, in another life of this process.
  void remember(std::string_view name) { names_.add(name); }
  const PingCounters& counters() const { return counters_; }

 private:
  struct Found {
    std::string name;
    record::Authentication authentication = record::Authentication::key;
    bool created = false;
  };
  // Whom the URL means, or what is answered.
  std::variant<Found, PingAnswer> find(const PingRequest& request, const PingPeer& peer);
  bool is_too_often(const Found& found, base::Instant now);

  PingNames names_;
  Names known_;           // as set_known() was told
  base::Instant minute_;  // when the counts of `pings_` began
  std::unordered_map<std::string, std::uint32_t> pings_;
  PingCounters counters_;
};

}  // namespace holter::heartbeat
