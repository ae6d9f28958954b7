#include "app/keeper.h"

#include <algorithm>

namespace holter::app {
namespace {

constexpr base::Duration kRecent = base::Duration::minutes(5);
constexpr std::size_t kMaxRecent = 20'000;

template <class Type>
constexpr std::size_t type_index() {
  return record::Record(std::in_place_type<Type>).index();
}

void add_recent(const store::Reader& reader, std::size_t type, base::WallTime from,
                std::vector<record::NamedRecord>& into) {
  store::Query query;
  query.type = type;
  query.from = from;
  query.limit = kMaxRecent;
  query.newest_first = true;
  auto answer = reader.read(query);
  if (!answer) return;
  into.insert(into.end(), answer->records.rbegin(), answer->records.rend());
}

}  // namespace

base::Result<std::unique_ptr<Keeper>> Keeper::open(env::Env env, store::Options options, NewsBox& remote) {
  auto opened = store::Store::open(env.files, env.random, std::move(options), env.clock.wall_now());
  if (!opened) return opened.error();
  if (const std::string& aside = (*opened)->moved_aside(); !aside.empty()) {
    env.log.error("store", "the store was damaged and a new one was begun; what can be saved of the old one is in",
                  {{"file", base::UntrustedText(aside)}});
  }
  if (const std::uint64_t rows = (*opened)->damaged_rows(); rows > 0) {
    env.log.error("store", "the newest records are damaged in part; what they held is lost", {{"rows", rows}});
  }
  return std::unique_ptr<Keeper>(new Keeper(env, std::move(*opened), remote));
}

Keeper::Keeper(env::Env env, std::unique_ptr<store::Store> store, NewsBox& remote)
    : env_(env),
      store_(std::move(store)),
      writer_(env, *store_, [this](const record::Gap& gap) { show(gap); }),
      remote_(remote) {}

void Keeper::show(const record::Gap& gap) { remote_.post(GapNews{gap}); }

std::string Keeper::damage() const {
  if (store_->damaged_rows() > 0) {
    return std::to_string(store_->damaged_rows()) + " rows of the store are damaged; what they held is lost";
  }
  if (store_->moved_aside().empty()) return "";
  return "the store was damaged; it was moved to " + store_->moved_aside() + " and a new one was begun";
}

env::Task<api::StoreFigures> Keeper::figures() {
  auto work = [this] {
    api::StoreFigures figures;
    const auto reader = store_->reader();
    figures.bytes = store_->size_bytes();
    if (const auto oldest = reader.oldest()) figures.oldest = *oldest;
    if (const auto counts = reader.counts()) {
      for (std::size_t i = 0; i < counts->size(); ++i)
        figures.records[std::string(record::type_name(i))] = (*counts)[i];
    }
    return figures;
  };
  auto figures = co_await env_.offload.run(work);
  figures.lost = writer_.counts().lost;
  co_return figures;
}

env::Task<base::Result<store::Page>> Keeper::page(store::PageQuery query) {
  auto work = [this, &query] { return store_->reader().page(query); };
  co_return co_await env_.offload.run(std::move(work));
}

env::Task<store::Fence> Keeper::fence(std::vector<record::Lane> lanes) {
  auto work = [this, &lanes] {
    store::Fence all;
    for (const record::Lane lane : lanes) all.lanes.merge(store_->fence(lane).lanes);
    return all;
  };
  co_return co_await env_.offload.run(std::move(work));
}

void Keeper::tell(std::vector<record::NamedRecord> fresh) {
  std::array<std::uint64_t, api::kSubjectCount> counts{};
  for (const auto& named : fresh) {
    if (const auto subject = api::subject_of(named.body)) ++counts.at(static_cast<std::size_t>(*subject));
  }
  if (fresh.empty() || remote_.post(RemoteNews{std::move(fresh)})) return;
  for (std::size_t i = 0; i < counts.size(); ++i) unheard_.at(i) += counts.at(i);
}

std::array<std::uint64_t, api::kSubjectCount> Keeper::take_unheard() {
  std::array<std::uint64_t, api::kSubjectCount> counts{};
  for (std::size_t i = 0; i < counts.size(); ++i) counts.at(i) = unheard_.at(i).exchange(0);
  return counts;
}

env::Task<std::vector<record::NamedRecord>> Keeper::recent() {
  auto work = [this] {
    std::vector<record::NamedRecord> records;
    const auto reader = store_->reader();
    const base::WallTime from = env_.clock.wall_now() - kRecent;
    if (auto changes = reader.latest_pulse_changes()) records = std::move(changes->records);
    add_recent(reader, type_index<record::PulseMessage>(), base::WallTime(), records);
    add_recent(reader, type_index<record::ProbeResult>(), from, records);
    add_recent(reader, type_index<record::FlowRecord>(), from, records);
    add_recent(reader, type_index<record::Gap>(), from, records);
    return records;
  };
  co_return co_await env_.offload.run(work);
}

env::Task<std::vector<record::NamedRecord>> Keeper::newest_changes() {
  auto work = [this] {
    auto changes = store_->reader().latest_pulse_changes();
    return changes ? std::move(changes->records) : std::vector<record::NamedRecord>();
  };
  co_return co_await env_.offload.run(work);
}

env::Task<std::vector<store::KnownAgent>> Keeper::agents() {
  auto work = [this] {
    auto agents = store_->reader().agents();
    return agents ? std::move(*agents) : std::vector<store::KnownAgent>();
  };
  co_return co_await env_.offload.run(work);
}

base::Result<uplink::AckState> Keeper::store(const uplink::Agent& agent, std::vector<record::NamedRecord> records) {
  std::vector<record::NamedRecord> fresh;
  for (auto& named : records) {
    const auto& known = store_->received(named.id.agent, named.id.epoch, named.id.lane);
    if (!known.contains(named.id.sequence)) fresh.push_back(std::move(named));
  }
  const auto appended = store_->append(fresh);
  if (!appended) return appended.error();
  tell(std::move(fresh));
  return ack_state(agent.id);
}

base::Result<uplink::AckState> Keeper::acked(const uplink::Agent& agent) {
  const auto noted = store_->note_agent(agent.id, agent.name, env_.clock.wall_now());
  if (!noted) return noted.error();
  return ack_state(agent.id);
}

uplink::AckState Keeper::ack_state(const base::AgentId& agent) const {
  uplink::AckState state;
  for (const auto& [lane, ranges] : store_->received(agent)) {
    auto& acked = state.lane(lane.epoch, lane.lane);
    for (const auto& range : ranges.ranges()) acked.insert(range.first, range.last);
  }
  return state;
}

}  // namespace holter::app
