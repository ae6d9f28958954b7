#include "app/reload.h"

#include <algorithm>

#include "config/keys.h"
#include "config/show.h"

namespace holter::app {
namespace {

void add(std::string& words, const std::string& change) { words += (words.empty() ? "" : "; ") + change; }

// "probes: 1 added, 2 removed, 1 changed", or nothing. Items are known by their names.
template <class Item>
std::string list_changes(const std::string& noun, const std::vector<Item>& before, const std::vector<Item>& after) {
  std::size_t added = 0;
  std::size_t changed = 0;
  for (const auto& item : after) {
    const auto found = std::ranges::find(before, item.name, &Item::name);
    if (found == before.end()) ++added;
    if (found != before.end() && *found != item) ++changed;
  }
  const std::size_t removed = before.size() + added - after.size();
  std::string words;
  const auto count = [&words](std::size_t number, const char* what) {
    if (number > 0) words += (words.empty() ? "" : ", ") + std::to_string(number) + what;
  };
  count(added, " added");
  count(removed, " removed");
  count(changed, " changed");
  return words.empty() ? "" : noun + ": " + words;
}

}  // namespace

std::string changes_in_words(const config::Settings& running, const config::Settings& wanted) {
  std::string words;
  const std::string probes = list_changes("probes", running.probes, wanted.probes);
  const std::string sessions = list_changes("sessions", running.sessions, wanted.sessions);
  if (!probes.empty()) add(words, probes);
  if (!sessions.empty()) add(words, sessions);
  const std::string notifiers = list_changes("notifiers", running.notifiers, wanted.notifiers);
  if (!notifiers.empty()) add(words, notifiers);
  const std::string modules = list_changes("modules", running.modules, wanted.modules);
  if (!modules.empty()) add(words, modules);
  for (const auto& key : config::settings_keys()) {
    if (!key.restart && key.written(running) != key.written(wanted)) add(words, std::string(key.name) + " changed");
  }
  for (const auto& key : needs_restart(running, wanted)) add(words, key + " needs a restart");
  return words.empty() ? "nothing has changed" : words;
}

Reloader::Reloader(env::Env env, RunOptions& options, TakeOver take_over)
    : env_(env), options_(options), take_over_(std::move(take_over)) {}

env::Task<base::Result<std::string>> Reloader::reload() {
  const ConfigSource source = options_.source;
  auto work = [&source] { return load(source); };
  auto loaded = co_await env_.offload.run(work);
  if (const auto* mistakes = std::get_if<config::Mistakes>(&loaded)) {
    for (const auto& mistake : *mistakes) {
      env_.log.error("config", "not taken over; what was read before stays", {{"mistake", to_string(mistake)}});
    }
    co_return base::Error{base::ErrorKind::invalid, to_string(*mistakes) + "what was read before stays"};
  }
  config::Settings wanted = std::move(std::get<config::Loaded>(loaded).settings);
  const std::string words = changes_in_words(options_.settings, wanted);
  take_over_(options_.settings, wanted);
  options_.settings = std::move(wanted);
  env_.log.info("config", "read again", {{"changes", words}});
  co_return words;
}

}  // namespace holter::app
