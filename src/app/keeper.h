// Keeper joins the store with the loop that feeds it: records of this host go through its Writer, agents' batches come
// through it as uplink::Archive, answers are read beside them. Everything that blocks on the disk goes through
// env.offload, one call at a time.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <vector>

#include "api/live_state.h"
#include "api/record_source.h"
#include "api/subject.h"
#include "app/news.h"
#include "env/env.h"
#include "store/writer.h"
#include "uplink/archive.h"

namespace holter::app {

class Keeper final : public uplink::Archive, public api::RecordSource {
 public:
  // Opens (or makes) the store; blocks. `remote` hears of what agents sent once it is stored.
  static base::Result<std::unique_ptr<Keeper>> open(env::Env env, store::Options options, NewsBox& remote);

  const base::AgentId& agent() const { return store_->own_identity().agent; }
  // Words for a store that was found damaged and begun anew; empty otherwise.
  std::string damage() const;

  // For the records of this host; app runs it.
  store::Writer& writer() { return writer_; }
  env::Task<api::StoreFigures> figures();
  // What the page shows from before the start, oldest first: the sessions' newest changes, and recent records.
  env::Task<std::vector<record::NamedRecord>> recent();
  // The newest change of each session, of whatever agent, oldest first.
  env::Task<std::vector<record::NamedRecord>> newest_changes();
  // Every agent that ever reported.
  env::Task<std::vector<store::KnownAgent>> agents();

  // How many of each subject agents sent, and were stored, that `remote` had no room to hear of; since the last call.
  std::array<std::uint64_t, api::kSubjectCount> take_unheard();

  // api::RecordSource: on this loop.
  env::Task<base::Result<store::Page>> page(store::PageQuery query) override;
  env::Task<store::Fence> fence(std::vector<record::Lane> lanes) override;

  // uplink::Archive: on the offload's thread.
  base::Result<uplink::AckState> store(const uplink::Agent& agent, std::vector<record::NamedRecord> records) override;
  base::Result<uplink::AckState> acked(const uplink::Agent& agent) override;

 private:
  Keeper(env::Env env, std::unique_ptr<store::Store> store, NewsBox& remote);
  uplink::AckState ack_state(const base::AgentId& agent) const;
  void tell(std::vector<record::NamedRecord> fresh);
  // A gap that is stored already.
  void show(const record::Gap& gap);

  env::Env env_;
  std::unique_ptr<store::Store> store_;
  store::Writer writer_;
  NewsBox& remote_;
  std::array<std::atomic<std::uint64_t>, api::kSubjectCount> unheard_{};
};

}  // namespace holter::app
