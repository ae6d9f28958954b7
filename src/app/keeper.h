// Keeper joins the store with the loop that feeds it: records of this host are taken in batches and committed together,
// agents' batches come through it as uplink::Archive, answers are read beside it. Everything blocks on the disk and
// goes through env.offload, one call at a time. What cannot be stored (a full disk) is counted, and the next Gap that
// can be stored says how much was lost.
#pragma once

#include <memory>
#include <vector>

#include "api/routes.h"
#include "app/news.h"
#include "env/env.h"
#include "store/store.h"
#include "uplink/archive.h"

namespace holter::app {

class Keeper final : public uplink::Archive {
 public:
  // Opens (or makes) the store; blocks. `remote` hears of what agents sent once it is stored.
  static base::Result<std::unique_ptr<Keeper>> open(env::Env env, store::Options options, NewsBox& remote);

  const base::AgentId& agent() const { return store_->own_identity().agent; }
  // Words for a store that was found damaged and begun anew; empty otherwise.
  std::string damage() const;

  // Makes records of this host durable, or counts them as lost. Errors are logged once until it works again.
  env::Task<void> keep(std::vector<record::Record> records);
  // Seals, keeps the budget; the gaps that it had to make.
  env::Task<std::vector<record::NamedRecord>> maintain();
  env::Task<api::StoreFigures> figures();
  env::Task<base::Result<std::vector<record::NamedRecord>>> results(api::ResultQuery query);
  // What the page shows from before the start, oldest first: the sessions' newest changes, and recent records.
  env::Task<std::vector<record::NamedRecord>> recent();
  std::uint64_t lost() const { return lost_; }

  // uplink::Archive: on the offload's thread.
  base::Result<uplink::AckState> store(const uplink::Agent& agent, std::vector<record::NamedRecord> records) override;
  base::Result<uplink::AckState> acked(const uplink::Agent& agent) override;

 private:
  Keeper(env::Env env, std::unique_ptr<store::Store> store, NewsBox& remote);
  uplink::AckState ack_state(const base::AgentId& agent) const;
  void name_loss(std::vector<record::Record>& records) const;

  env::Env env_;
  std::unique_ptr<store::Store> store_;
  NewsBox& remote_;
  std::uint64_t lost_ = 0;
  std::uint64_t unnamed_ = 0;  // lost, and not yet named by a stored Gap
  base::WallTime lost_from_;
};

}  // namespace holter::app
