#include "notify/change.h"

#include <fmt/format.h>

namespace holter::notify {

std::string session_key(const Change& change) {
  const auto& agent = change.id.agent.bytes;
  std::string key(agent.begin(), agent.end());
  key += change.body.authentication == record::Authentication::key ? 'k' : ' ';
  return key + change.body.session.raw();
}

std::string id_text(const record::RecordId& id) {
  return fmt::format("{}/{}/{}/{}", to_string(id.agent), id.epoch, to_string(id.lane), id.sequence);
}

}  // namespace holter::notify
