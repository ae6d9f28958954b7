// Ledger is the outside view of a run of agent and hub: what the spool accepted, what the hub acked, and whether the
// promises were kept. It survives crashes of either; programs get a pointer to it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "codec/outbox.h"
#include "record/record.h"
#include "uplink/ack_book.h"

namespace holter::sim {

class Ledger {
 public:
  void accepted(const record::RecordId& id, const record::Record& body) {
    if (!accepted_.emplace(id, body).second) fail("the spool gave a number twice: " + text(id));
  }
  void acked(std::uint32_t epoch, record::Lane lane, const base::RangeSet& durable) {
    base::RangeSet& known = acked_.lane(epoch, lane);
    for (const auto& range : durable.ranges()) known.insert(range.first, range.last);
  }
  // Called whenever the hub has opened its archive: what it acked before must be there.
  void hub_opened(const uplink::AckState& durable) {
    for (const auto& [key, ranges] : acked_.lanes) {
      const auto found = durable.lanes.find(key);
      for (const auto& range : ranges.ranges()) {
        if (found != durable.lanes.end() && found->second.contains(range.first, range.last)) continue;
        fail("the hub acked " + text({{}, key.first, key.second, range.first}) + ".. and does not have them");
        return;
      }
    }
  }
  // Every accepted record is stored exactly once, as it was, or covered by a gap.
  void check_all_stored(const std::vector<record::NamedRecord>& stored) {
    std::map<record::RecordId, const record::Record*> by_id;
    uplink::AckState gaps;
    for (const auto& record : stored) {
      if (!by_id.emplace(record.id, &record.body).second) fail("stored twice: " + text(record.id));
      const auto* gap = std::get_if<record::Gap>(&record.body);
      if (gap != nullptr && gap->first != 0) gaps.lane(gap->epoch, gap->lane).insert(gap->first, gap->last);
    }
    for (const auto& [id, body] : accepted_) {
      const auto found = by_id.find(id);
      if (found != by_id.end()) {
        if (*found->second != body) fail("stored with other contents: " + text(id));
        ++stored_;
      } else if (gaps.lane(id.epoch, id.lane).contains(id.sequence)) {
        ++covered_;
      } else {
        fail("accepted, but neither stored nor covered by a gap: " + text(id));
      }
    }
  }

  void fail(std::string what) {
    if (failures_.size() < 20) failures_.push_back(std::move(what));
  }
  const std::vector<std::string>& failures() const { return failures_; }
  std::size_t accepted_count() const { return accepted_.size(); }
  std::uint64_t stored() const { return stored_; }
  std::uint64_t covered() const { return covered_; }
  std::uint64_t next_body() { return ++bodies_; }

  bool appending = true;
  std::uint64_t acks = 0;

 private:
  static std::string text(const record::RecordId& id) {
    return std::string(record::to_string(id.lane)) + ' ' + std::to_string(id.epoch) + '/' + std::to_string(id.sequence);
  }

  std::map<record::RecordId, record::Record> accepted_;
  uplink::AckState acked_;
  std::vector<std::string> failures_;
  std::uint64_t stored_ = 0;
  std::uint64_t covered_ = 0;
  std::uint64_t bodies_ = 0;
};

}  // namespace holter::sim
