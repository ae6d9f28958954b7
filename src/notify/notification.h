// Notification is one change of a session as receivers get it: a JSON object (docs/notifications.md, version 1) and a
// sentence. Names and texts of clients go through the encoders of UntrustedText. Pure.
#pragma once

#include <optional>
#include <string>

#include "notify/queue.h"
#include "record/probe_plan.h"

namespace holter::notify {

inline constexpr int kVersion = 1;

// What the record does not know.
struct Context {
  std::string host;      // the holter that tells
  std::string notifier;  // by which of its notifiers
  std::string agent;     // the name of the holter that listens to the session
  record::Labels labels = {};
};

// "db1 has been silent for 3 s and did not answer 3 asks: down". One line, safe for a terminal.
std::string text_of(const record::PulseChange& change);
std::string to_json(const Delivery& delivery, const Context& context);
// A notification that says that it is a test; `id` is any.
std::string test_json(const std::string& id, base::WallTime now, const Context& context);
std::string test_text(const Context& context);

}  // namespace holter::notify
