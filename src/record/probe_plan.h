// One entry of the plan: what an agent is asked to measure, how often, and until when it waits. Made at the hub (or by
// `holter run` for itself) and carried to agents by the uplink; plain data that every side understands.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"
#include "record/probe_result.h"

namespace holter::record {

// What people order their probes and sessions by, sorted by key: {"site", "attic"}.
using Labels = std::vector<std::pair<std::string, std::string>>;
inline constexpr std::size_t kMaxLabels = 32;
inline constexpr std::size_t kMaxLabelBytes = 255;  // of a key, and of a value

// What a kind of probe can be told beyond this, by name, as somebody wrote it: {"method", "POST"}. A name may be there
// several times. Each prober reads its own (probe/option.h); one that it does not know makes the probe be refused.
struct Option {
  std::string name;
  std::string value;

  friend bool operator==(const Option&, const Option&) = default;
};
using Options = std::vector<Option>;
inline constexpr std::size_t kMaxOptions = 64;
inline constexpr std::size_t kMaxOptionBytes = 4'096;  // of a name, and of a value
inline constexpr std::size_t kMaxExpectations = 32;

// How long a probe waits that says nothing of it.
base::Duration default_timeout(ProbeKind kind);

struct ProbePlan {
  std::string name = {};  // unique within a plan
  ProbeKind kind = ProbeKind::icmp;
  std::string target = {};  // whom to ask, as probe/target.h takes it of the kind
  std::string query = {};   // dns: the question's name (probe/dns/options.h)
  base::Duration interval = base::Duration::seconds(1);
  base::Duration timeout = base::Duration::seconds(1);
  Labels labels = {};
  std::vector<std::string> expect = {};  // what its facts must be (probe/expectation.h): "status == 200"
  Options options = {};
  std::optional<base::Duration> jitter = {};  // each start is later by its own part of this; below the interval
  bool overlap = false;                       // a start does not wait for the end of the one before

  friend bool operator==(const ProbePlan&, const ProbePlan&) = default;
};

inline constexpr std::size_t kMaxPlanEntries = 20'000;
inline constexpr base::Duration kMinProbeInterval = base::Duration::milliseconds(10);
inline constexpr base::Duration kMaxProbeTimeout = base::Duration::minutes(10);

struct Plan {
  std::uint64_t version = 0;  // rises with every change at the hub
  std::vector<ProbePlan> probes;

  friend bool operator==(const Plan&, const Plan&) = default;
};

}  // namespace holter::record
