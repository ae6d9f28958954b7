#include "app/probe_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>

#include "app/commands.h"
#include "app/imported_text.h"
#include "app/probe_text.h"
#include "app/terminal.h"
#include "env/linux/signals.h"
#include "imports/list.h"
#include "probe/measurement.h"
#include "probe/policed.h"
#include "probe/probers.h"

namespace holter::app {
namespace {

using record::Outcome;

struct Tally {
  std::uint64_t probes = 0;
  std::uint64_t as_expected = 0;
};

// What is said of an entry that no prober can run.
record::ProbeResult faulty(const env::Env& env, const imports::Entry& entry) {
  auto result = probe::begin(env, entry.plan);
  return probe::failed(std::move(result), Outcome::skipped, record::Phase::resolve, entry.fault);
}

void show(const ListWish& wish, const record::ProbeResult& result) {
  if (wish.json) return print(listed_json(result) + '\n');
  print(listed_line(result, this_screen()));
  if (wish.transcript) print(to_string(result.transcript));
}

// True when it was interrupted.
env::Task<bool> probe_entry(env::Env env, const ListWish& wish, const imports::Entry& entry, bool is_last,
                            env_linux::Signals& signals, probe::Probers& probers, Tally& tally) {
  using boost::asio::experimental::awaitable_operators::operator||;
  const base::Instant start = env.clock.now();
  record::ProbeResult result;
  if (entry.fault.empty()) {
    const auto expectations = probe::Expectations::compile(entry.plan.expect).value();
    auto probing = probers.probe(entry.plan, expectations);
    auto interrupted = signals.next();
    auto first = co_await (std::move(probing) || std::move(interrupted));
    if (first.index() == 1) co_return true;
    result = std::move(std::get<0>(first));
  } else {
    result = faulty(env, entry);
  }
  ++tally.probes;
  if (result.outcome == Outcome::ok) ++tally.as_expected;
  show(wish, result);
  if (is_last) co_return false;
  auto pause = env.clock.sleep_until(start + entry.plan.interval);
  auto interrupted_then = signals.next();
  const auto second = co_await (std::move(pause) || std::move(interrupted_then));
  co_return second.index() == 1;
}

env::Task<void> probe_rounds(env::Env env, const ListWish& wish, env_linux::Signals& signals, probe::Probers& probers,
                             Tally& tally) {
  for (std::uint64_t round = 1;; ++round) {
    for (const auto& entry : wish.entries) {
      const bool is_last = round == wish.rounds && &entry == &wish.entries.back();
      const bool interrupted = co_await probe_entry(env, wish, entry, is_last, signals, probers, tally);
      if (interrupted || is_last) co_return;
    }
  }
}

}  // namespace

bool ListWish::has(record::ProbeKind kind) const {
  return std::ranges::any_of(entries, [kind](const auto& e) { return e.fault.empty() && e.plan.kind == kind; });
}

base::Result<ListWish> list_wish(const std::string& path, const ListOptions& options) {
  auto text = file_to_import(path);
  if (!text) return text.error();
  auto imported = imports::read_list(*text);
  if (!imported) return base::Error{base::ErrorKind::invalid, path + ": " + imported.error().message};
  ListWish wish;
  for (auto& entry : imported->probes) {
    if (options.interval) entry.plan.interval = *options.interval;
    if (options.timeout) entry.plan.timeout = *options.timeout;
    if (entry.fault.empty()) {
      if (const auto mistake = probe::Probers::mistake_in(entry.plan)) entry.fault = mistake->text;
    }
    wish.entries.push_back(std::move(entry));
  }
  print_error(notes_text(path, imported->notes));
  if (wish.entries.empty()) return base::Error{base::ErrorKind::invalid, path + ": there is nothing in the list"};
  return wish;
}

env::Task<void> probe_list(env::Env env, const ListWish& wish, int& code) {
  auto signals = env_linux::Signals::create(env.executor, {SIGINT, SIGTERM});
  if (!signals) co_return print_error(to_string(signals.error()) + '\n');
  const probe::PolicedWorld policed(env, wish.policy);
  probe::Probers probers(policed.env());
  Tally tally;
  co_await probe_rounds(env, wish, **signals, probers, tally);
  co_await probers.stop();
  if (!wish.json) {
    print(
        fmt::format("\n{} probes, {} ok, {} not\n", tally.probes, tally.as_expected, tally.probes - tally.as_expected));
  }
  code = tally.probes > 0 && tally.as_expected == tally.probes ? kDone : kFailed;
}

}  // namespace holter::app
