// Telling joins the notifiers with the store and the page: what was not told before the restart is read from the store,
// every stored change is passed on, and how they do is shown. One loop.
#pragma once

#include "app/hub.h"
#include "notify/notifiers.h"

namespace holter::app {

class Telling {
 public:
  // `keeper` and `hub` outlive it.
  Telling(env::Env env, Keeper& keeper, Hub& hub, const api::About& about);
  ~Telling();

  // Before anything is recorded.
  env::Task<void> begin(std::vector<notify::Options> notifiers);
  void set(const std::vector<notify::Options>& notifiers) { notifiers_.set(notifiers); }
  // Ends well; without it what is under way is told again after the next start.
  env::Task<void> close();

 private:
  using Wanted = std::function<bool(const record::NamedRecord&)>;
  using Take = std::function<void(const record::NamedRecord&)>;

  env::Task<void> walk(Wanted wanted, Take take);
  // Tells what agents' news had no room for.
  env::Task<void> catch_up();
  env::Task<void> show();
  env::Task<base::Result<std::vector<api::NotifierTest>>> test(std::optional<std::string> name);

  env::Env env_;
  Keeper& keeper_;
  Hub& hub_;
  notify::Notifiers notifiers_;
  bool unheard_ = false;
  env::Signal unheard_more_;
  env::TaskGroup tasks_;
};

}  // namespace holter::app
