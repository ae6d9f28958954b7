#include "notify/ledger.h"

#include <nlohmann/json.hpp>

#include "base/json_writer.h"
#include "base/untrusted_text.h"

namespace holter::notify {
namespace {

using nlohmann::json;

constexpr int kLedgerVersion = 1;
constexpr std::size_t kMaxSources = 100'000;

void write_records(base::JsonWriter& out, std::string_view key, const RecordSet& records) {
  out.key(key).begin_array();
  for (const auto& [source, numbers] : records.sets()) {
    out.begin_object().member("agent", to_string(source.first)).member("epoch", source.second);
    out.key("ranges").begin_array();
    for (const auto& range : numbers.ranges()) out.begin_array().count(range.first).count(range.last).end_array();
    out.end_array().end_object();
  }
  out.end_array();
}

const json* member(const json& object, const char* key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(key);
  return found == object.end() ? nullptr : &*found;
}

bool read_ranges(const json* ranges, base::RangeSet& into) {
  if (ranges == nullptr || !ranges->is_array() || ranges->size() > kMaxLedgerRanges) return false;
  for (const json& range : *ranges) {
    if (!range.is_array() || range.size() != 2) return false;
    if (!range[0].is_number_unsigned() || !range[1].is_number_unsigned()) return false;
    if (!into.insert(range[0].get<std::uint64_t>(), range[1].get<std::uint64_t>())) return false;
  }
  return true;
}

bool read_records(const json* list, RecordSet& into) {
  if (list == nullptr || !list->is_array() || list->size() > kMaxSources) return false;
  for (const json& entry : *list) {
    const json* const agent = member(entry, "agent");
    const json* const epoch = member(entry, "epoch");
    if (agent == nullptr || !agent->is_string() || epoch == nullptr || !epoch->is_number_unsigned()) return false;
    const auto id = base::parse_agent_id(agent->get<std::string>());
    const auto number = epoch->get<std::uint64_t>();
    base::RangeSet numbers(kMaxLedgerRanges);
    if (!id || number > UINT32_MAX || !read_ranges(member(entry, "ranges"), numbers)) return false;
    into.add({*id, static_cast<std::uint32_t>(number)}, numbers);
  }
  return true;
}

bool read_notifiers(const json* list, Ledger& into) {
  if (list == nullptr || !list->is_array()) return false;
  for (const json& entry : *list) {
    const json* const name = member(entry, "name");
    const json* const left_out = member(entry, "left_out");
    if (name == nullptr || !name->is_string() || left_out == nullptr || !left_out->is_number_unsigned()) return false;
    auto& notifier = into.notifiers[base::UntrustedText::from_json_text(name->get<std::string>()).raw()];
    notifier.left_out = left_out->get<std::uint64_t>();
    if (!read_records(member(entry, "waiting"), notifier.waiting)) return false;
  }
  return true;
}

}  // namespace

bool RecordSet::insert(const record::RecordId& id) {
  const auto [set, is_new] = sets_.try_emplace({id.agent, id.epoch}, kMaxLedgerRanges);
  return set->second.insert(id.sequence);
}

bool RecordSet::contains(const record::RecordId& id) const {
  const auto set = sets_.find({id.agent, id.epoch});
  return set != sets_.end() && set->second.contains(id.sequence);
}

std::uint64_t RecordSet::size() const {
  std::uint64_t size = 0;
  for (const auto& [source, numbers] : sets_) {
    for (const auto& range : numbers.ranges()) size += range.last - range.first + 1;
  }
  return size;
}

void RecordSet::add(const Source& source, const base::RangeSet& numbers) {
  const auto [set, is_new] = sets_.try_emplace(source, kMaxLedgerRanges);
  for (const auto& range : numbers.ranges()) set->second.insert(range.first, range.last);
}

std::string to_text(const Ledger& ledger) {
  base::JsonWriter out;
  out.begin_object().member("holter_notify", kLedgerVersion);
  write_records(out, "seen", ledger.seen);
  out.key("notifiers").begin_array();
  for (const auto& [name, notifier] : ledger.notifiers) {
    out.begin_object().member("name", name).member("left_out", notifier.left_out);
    write_records(out, "waiting", notifier.waiting);
    out.end_object();
  }
  return out.end_array().end_object().take() + '\n';
}

base::Result<Ledger> parse_ledger(std::string_view text) {
  const base::Error broken{base::ErrorKind::corrupt, "is not what was written"};
  const json root = json::parse(text, nullptr, false);
  const json* const version = member(root, "holter_notify");
  if (version == nullptr || !version->is_number_unsigned()) return broken;
  if (version->get<std::uint64_t>() > kLedgerVersion) {
    return base::Error{base::ErrorKind::newer_version, "was written by a later holter"};
  }
  Ledger ledger;
  if (!read_records(member(root, "seen"), ledger.seen)) return broken;
  if (!read_notifiers(member(root, "notifiers"), ledger)) return broken;
  return ledger;
}

}  // namespace holter::notify
