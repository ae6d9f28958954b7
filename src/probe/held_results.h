// HeldResults stands before the sink of results: those of runs whose packets were announced wait in RunPackets for what
// a capture says of them, all others pass. One loop; what it refers to outlives it.
#pragma once

#include "env/env.h"
#include "probe/run_packets.h"
#include "record/record.h"

namespace holter::probe {

class HeldResults final : public record::Sink {
 public:
  HeldResults(env::Env env, RunPackets& packets, record::Sink& under)
      : env_(env), packets_(packets), under_(under), changed_(env.executor) {}

  void accept(record::Record record) override;
  void see(const record::ProbeSightings& sightings);
  // Passes on what waits no longer. Until cancelled.
  env::Task<void> run();
  // All of them go on as they are.
  void release_all() { release(base::Instant::max()); }

 private:
  void release(base::Instant now);

  env::Env env_;
  RunPackets& packets_;
  record::Sink& under_;
  env::Signal changed_;
  base::Instant awake_ = base::Instant::max();  // when run() looks again
};

}  // namespace holter::probe
