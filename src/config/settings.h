// Settings are all that can be said to holter for a role that records: plain values with the defaults of a holter
// without configuration. They come from holter.toml and from the command line; docs/configuration.md describes each.
// Whoever takes part of them takes plain values or its own Options: no module but app sees this.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/host_and_port.h"
#include "base/ip.h"
#include "base/time.h"
#include "env/log.h"
#include "notify/options.h"
#include "probe/policy.h"
#include "record/probe_plan.h"
#include "recorder/layout.h"

namespace holter::config {

inline constexpr std::uint16_t kPort = 4280;        // HTTP over TCP, pulses over UDP
inline constexpr std::uint16_t kLinePort = 4281;    // lines of text
inline constexpr std::uint16_t kUplinkPort = 4282;  // agents

// What is probed without being named: gateways, resolvers and the loopback; the loopback; nothing.
enum class Targets : std::uint8_t { found, loopback, none };

using record::Labels;

struct StoreSettings {
  std::string directory = {};  // empty: by XDG and user
  std::uint64_t budget_bytes = 512ULL << 20;

  friend bool operator==(const StoreSettings&, const StoreSettings&) = default;
};

struct HeartbeatSettings {
  std::vector<base::Endpoint> listen = {{base::IpAddress::loopback(base::IpAddress::Family::v4), kPort},
                                        {base::IpAddress::loopback(base::IpAddress::Family::v6), kPort}};
  // Where lines are heard over TCP; none: nowhere.
  std::vector<base::Endpoint> lines = {{base::IpAddress::loopback(base::IpAddress::Family::v4), kLinePort},
                                       {base::IpAddress::loopback(base::IpAddress::Family::v6), kLinePort}};
  std::string certificate = {};  // files in PEM, both or none: one of its own in the data directory
  std::string private_key = {};
  std::uint32_t limit = 1'000'000;  // sessions
  std::uint32_t asks = 3;           // how often a silent client is asked before it is down
  base::Duration ask_interval = base::Duration::seconds(1);
  std::vector<base::Endpoint> pings = {};                // ping URLs alone, beside http.listen
  base::Duration period = base::Duration::hours(24);     // of sessions that are heard by ping URLs alone
  base::Duration grace = base::Duration::hours(1);       // and of those with a schedule and no grace of their own
  base::Duration silence = base::Duration::seconds(60);  // until one is asked that announced no interval
  std::uint32_t unauthenticated = 1'000;                 // sessions without a key from elsewhere than loopback
  bool adaptive = false;                                 // the detection time follows the link

  friend bool operator==(const HeartbeatSettings&, const HeartbeatSettings&) = default;
};

// A session that is expected: shown from the start, down if it never comes.
struct SessionSettings {
  std::string name;
  std::optional<base::Duration> interval = {};  // until the client announces its own
  std::uint32_t detect_multiplier = 3;
  std::optional<std::uint32_t> asks = {};  // as HeartbeatSettings where absent
  std::optional<base::Duration> ask_interval = {};
  std::optional<base::Duration> period = {};  // these instead of an interval: for a job
  std::string cron = {};
  std::string time_zone = {};                // empty: the host's
  std::optional<base::Duration> grace = {};  // as HeartbeatSettings where absent
  std::optional<bool> adaptive = {};
  std::vector<base::IpAddress> traffic = {};  // frames from these are signs of its life
  Labels labels = {};

  friend bool operator==(const SessionSettings&, const SessionSettings&) = default;
};

// Clients of the heartbeats ancestor, who speak in single TCP segments.
struct CompatHeartbeatSettings {
  bool enabled = false;
  std::string interface = {};  // empty: all that have an IPv4 address
  std::uint32_t port = 11414;
  std::uint32_t reply_port = 11415;  // where a client is asked
  base::Duration timeout = base::Duration::seconds(60);
  std::uint32_t pulses = 3;

  friend bool operator==(const CompatHeartbeatSettings&, const CompatHeartbeatSettings&) = default;
};

// What is remembered of the packets that the filters let pass.
enum class RecordDetail : std::uint8_t { packets, flows, off };

struct Interfaces {
  std::vector<std::string> names = {};  // empty: that of the default route, else lo

  friend bool operator==(const Interfaces&, const Interfaces&) = default;
};

// How many loops share an interface.
struct Workers {
  std::uint32_t count = 0;  // 0: as many as the processors are worth

  friend bool operator==(const Workers&, const Workers&) = default;
};

inline constexpr std::size_t kMaxInterfaces = 16;
inline constexpr std::uint32_t kMaxWorkers = 32;
inline constexpr std::size_t kMaxCaptureLoops = 64;

struct CaptureSettings {
  bool enabled = true;
  Interfaces interfaces = {};
  Workers workers = {};   // of each interface
  std::string keep = {};  // empty: everything
  std::vector<std::string> drop = {};
  bool promiscuous = true;
  RecordDetail recorded = RecordDetail::packets;                 // conversations too
  std::uint32_t packets_per_second = 1'000;                      // more of them: only the conversations
  base::Duration export_interval = base::Duration::seconds(10);  // of conversations that go on

  bool filters_as(const CaptureSettings& other) const { return keep == other.keep && drop == other.drop; }

  friend bool operator==(const CaptureSettings&, const CaptureSettings&) = default;
};

struct RecorderSettings {
  bool enabled = true;
  recorder::Options ring = {};

  friend bool operator==(const RecorderSettings&, const RecorderSettings&) = default;
};

struct LogSettings {
  env::LogLevel level = env::LogLevel::info;
  std::map<std::string, env::LogLevel> levels = {};  // by component
  std::string file = {};                             // empty: standard error alone
  std::uint64_t rotate_size = 10ULL << 20;
  std::uint32_t rotate_keep = 5;

  friend bool operator==(const LogSettings&, const LogSettings&) = default;
};

struct Settings {
  std::string name = {};     // empty: the host's
  std::string runtime = {};  // empty: by XDG and user
  bool insecure = false;
  StoreSettings store = {};
  base::Endpoint http = {base::IpAddress::loopback(base::IpAddress::Family::v4), kPort};
  base::Endpoint hub_listen = {base::IpAddress::loopback(base::IpAddress::Family::v4), kUplinkPort};
  base::HostAndPort agent_hub = {};  // without a port: kUplinkPort
  HeartbeatSettings heartbeat = {};
  std::vector<SessionSettings> sessions = {};
  CompatHeartbeatSettings compat_heartbeats = {};
  CaptureSettings capture = {};
  RecorderSettings recorder = {};
  Targets targets = Targets::found;
  std::vector<record::ProbePlan> probes = {};
  probe::Policy policy = {};
  bool probe_on_request = false;
  std::vector<record::ProbePlan> modules = {};  // without a target: ways to probe on request
  std::vector<notify::Options> notifiers = {};
  LogSettings log = {};

  std::uint16_t agent_hub_port() const { return agent_hub.port.value_or(kUplinkPort); }

  friend bool operator==(const Settings&, const Settings&) = default;
};

}  // namespace holter::config
