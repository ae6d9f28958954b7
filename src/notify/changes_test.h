// Changes for the tests of this folder, numbered from 1.
#pragma once

#include "notify/change.h"

namespace holter::notify {

inline Change change_of(std::uint64_t sequence, const std::string& session,
                        record::SessionState from = record::SessionState::up,
                        record::SessionState to = record::SessionState::down) {
  Change change;
  change.id.agent.bytes.fill(7);
  change.id.epoch = 1;
  change.id.lane = record::Lane::incidents;
  change.id.sequence = sequence;
  change.body.session = base::UntrustedText(session);
  change.body.from = from;
  change.body.to = to;
  return change;
}

}  // namespace holter::notify
