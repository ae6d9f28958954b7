// One question and the wait for its answer: what the probers share that ask in one message. What comes from
// the asked one and is no answer (a forgery, the answer to another question) is waited over and counted, since it makes
// a bad_answer of what would be a timeout.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <vector>

#include "env/env.h"
#include "probe/measurement.h"

namespace holter::probe {

struct Exchange {
  RoundTrip trip;
  std::uint32_t send_number = 0;                 // of the question
  record::Phase phase = record::Phase::connect;  // that was under way at the end
  std::uint64_t strange = 0;                     // messages of the asked one that are no answer
  // Of phases before the question: what they took.
  std::array<std::optional<base::Duration>, record::kPhaseCount> before;
};

// Whether these bytes are the answer waited for.
using IsAnswer = std::function<bool(base::Bytes)>;

struct Question {
  base::Endpoint to;
  std::vector<std::uint8_t> bytes;
  IsAnswer is_answer;
};

// The answer, over a socket that asks nothing else meanwhile. It, `exchange` and `result`, whose transcript is written,
// outlive the task.
env::Task<base::Result<std::vector<std::uint8_t>>> ask_by_datagram(env::Env env, env::DatagramSocket& socket,
                                                                   Question question, base::Instant deadline,
                                                                   Exchange& exchange, record::ProbeResult& result);

// Counts and notes a message that is no answer.
void note_strange(Exchange& exchange, base::Instant at, std::size_t bytes, record::ProbeResult& result);

// What an exchange without an answer stands for.
record::ProbeResult failed(record::ProbeResult result, const base::Error& error, const Exchange& exchange,
                           base::Duration timeout);

}  // namespace holter::probe
