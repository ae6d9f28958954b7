// Archive is where a hub keeps what agents send: the hub's store implements it, and app joins the two. Every call may
// block on the disk; HubEnd makes them through env.offload, one at a time.
#pragma once

#include <vector>

#include "record/record.h"
#include "uplink/ack_book.h"

namespace holter::uplink {

class Archive {
 public:
  virtual ~Archive() = default;

  // Records of one agent, each stored exactly once however often it comes (AckBook tells which are new), and what is
  // durable of this agent now. Durable when it returns: the ack goes out on its word. What AckBook refuses is neither
  // stored nor acked and comes again.
  virtual base::Result<AckState> store(const Agent& agent, std::vector<record::NamedRecord> records) = 0;
  // What is durable of this agent; empty for one that never came before.
  virtual base::Result<AckState> acked(const Agent& agent) = 0;
};

}  // namespace holter::uplink
