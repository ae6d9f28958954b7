#include "app/telling.h"

namespace holter::app {
namespace {

constexpr base::Duration kShowEvery = base::Duration::seconds(1);
constexpr base::Duration kTryAgain = base::Duration::seconds(5);

notify::Surroundings surroundings(Hub& hub, const api::About& about) {
  return {about.data_directory, about.name, [&hub](const std::string& session) { return hub.labels_of(session); },
          [&hub](const base::AgentId& agent) { return hub.state().name_of(agent).value_or(to_string(agent)); }};
}

}  // namespace

Telling::Telling(env::Env env, Keeper& keeper, Hub& hub, const api::About& about)
    : env_(env),
      keeper_(keeper),
      hub_(hub),
      notifiers_(env, surroundings(hub, about)),
      unheard_more_(env.executor),
      tasks_(env.executor) {}

Telling::~Telling() {
  hub_.on_unheard({});
  hub_.on_stored({});
}

env::Task<void> Telling::begin(std::vector<notify::Options> notifiers) {
  co_await notifiers_.load();
  notifiers_.set(notifiers);
  const store::Fence fence = co_await keeper_.fence({record::Lane::incidents});
  auto untold = notifiers_.untold();
  if (!notifiers.empty()) {
    const auto newest = co_await keeper_.newest_changes();
    for (const auto& named : newest) {
      if (!untold || !untold(named)) notifiers_.know(named);
    }
  }
  if (untold) {
    co_await walk(std::move(untold), [this](const auto& named) { notifiers_.recall(named); });
  }
  notify::RecordSet seen;
  for (const auto& [lane, numbers] : fence.lanes) seen.add({lane.agent, lane.epoch}, numbers);
  co_await notifiers_.begin(std::move(seen));
  hub_.on_stored([this](std::span<const record::NamedRecord> stored) { notifiers_.observe(stored); });
  hub_.on_unheard([this] {
    unheard_ = true;
    unheard_more_.notify();
  });
  hub_.on_test([this](std::optional<std::string> name) { return test(std::move(name)); });
  tasks_.spawn(catch_up());
  tasks_.spawn(show());
}

// Oldest first. A page that cannot be read is asked for again: what is in it must not be passed over.
env::Task<void> Telling::walk(Wanted wanted, Take take) {
  store::PageQuery query;
  query.types = {record::Record(record::PulseChange()).index()};
  query.from = env_.clock.wall_now() - notify::kRecall;
  query.newest_first = false;
  query.wanted = std::move(wanted);
  for (;;) {
    const auto page = co_await keeper_.page(query);
    if (!page) {
      env_.log.warn("notify", "cannot read what is to be told, trying again", {{"error", page.error()}});
      co_await env_.clock.sleep_for(kTryAgain);
      continue;
    }
    for (const auto& named : page->records) take(named);
    if (!page->next) co_return;
    query.after = page->next;
  }
}

env::Task<void> Telling::catch_up() {
  for (;;) {
    while (!unheard_) co_await unheard_more_.wait();
    unheard_ = false;
    const auto unseen = [seen = notifiers_.seen()](const record::NamedRecord& named) {
      return !seen.contains(named.id);
    };
    co_await walk(unseen, [this](const auto& named) { notifiers_.observe(std::span(&named, 1)); });
  }
}

env::Task<void> Telling::show() {
  std::vector<std::string> troubled;
  for (;;) {
    std::vector<api::NotifierStatus> shown;
    for (const auto& name : troubled) hub_.state().set_problem("notify " + name, "");
    troubled.clear();
    for (const auto& notifier : notifiers_.status()) {
      const notify::QueueCounts& counts = notifier.counts;
      shown.push_back({notifier.name, notifier.waiting, counts.delivered, counts.refused, counts.given_up,
                       counts.left_out, counts.failed_tries, notifier.trouble});
      if (notifier.trouble.empty()) continue;
      troubled.push_back(notifier.name);
      hub_.state().set_problem("notify " + notifier.name,
                               "the notifier " + notifier.name + " cannot tell: " + notifier.trouble);
    }
    hub_.state().set_notifiers(std::move(shown));
    co_await env_.clock.sleep_for(kShowEvery);
  }
}

env::Task<base::Result<std::vector<api::NotifierTest>>> Telling::test(std::optional<std::string> name) {
  auto testing = notifiers_.test(std::move(name));
  const auto tested = co_await std::move(testing);
  if (!tested) co_return tested.error();
  std::vector<api::NotifierTest> tests;
  for (const auto& one : *tested) {
    tests.push_back({one.name, one.outcome.kind == notify::Outcome::Kind::delivered, one.outcome.said, one.took});
  }
  co_return tests;
}

env::Task<void> Telling::close() {
  co_await tasks_.stop();
  co_await notifiers_.close();
}

}  // namespace holter::app
