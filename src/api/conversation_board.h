// ConversationBoard holds the conversations of the last minutes, most bytes first, from FlowRecords: interim exports
// replace each other, a final one says how it ended. Bounded: past kMaxConversations the one heard longest ago goes.
// Pure; one thread.
#pragma once

#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include "api/record_json.h"
#include "base/id.h"
#include "store/page.h"

namespace holter::api {

inline constexpr std::size_t kMaxConversations = 4'096;
inline constexpr base::Duration kConversationAge = base::Duration::minutes(5);

class ConversationBoard {
 public:
  void apply(const base::AgentId& agent, const record::FlowRecord& flow);
  // Forgets what was last seen more than kConversationAge before `now`.
  void expire(base::WallTime now);
  std::size_t size() const { return flows_.size(); }

  void write_json(base::JsonWriter& json, std::size_t limit, const NameOf& name_of) const;
  // Those that have not ended, the newest first, as records without a number.
  std::vector<record::NamedRecord> going_on(const std::optional<base::AgentId>& agent,
                                            const store::Predicate& wanted) const;

 private:
  using Key = std::tuple<base::AgentId, std::string, std::uint8_t, std::uint16_t, std::string, std::string,
                         std::uint16_t, std::uint16_t, base::PacketTime>;
  std::map<Key, record::FlowRecord> flows_;
};

}  // namespace holter::api
