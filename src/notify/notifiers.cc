#include "notify/notifiers.h"

#include <algorithm>

namespace holter::notify {
namespace {

constexpr base::Duration kRetrySave = base::Duration::seconds(5);

std::optional<Change> change_in(const record::NamedRecord& named) {
  const auto* const body = std::get_if<record::PulseChange>(&named.body);
  return body == nullptr ? std::nullopt : std::optional(Change{named.id, *body});
}

env::Task<void> test_into(env::Env env, std::shared_ptr<Channel> channel, Tested* into) {
  const base::Instant started = env.clock.now();
  auto testing = channel->test();
  into->name = channel->options().name;
  into->outcome = co_await std::move(testing);
  into->took = env.clock.now() - started;
}

}  // namespace

Notifiers::Notifiers(env::Env env, Surroundings around)
    : env_(env),
      around_(std::move(around)),
      before_(std::make_shared<Ledger>()),
      changed_(env.executor),
      tasks_(std::make_unique<env::TaskGroup>(env.executor)) {}

Notifiers::~Notifiers() = default;

env::Task<void> Notifiers::load() {
  auto work = [this] { return env::read_text(env_.files, path(), kMaxLedgerBytes); };
  const auto text = co_await env_.offload.run(std::move(work));
  if (!text && text.error().kind == base::ErrorKind::not_found) co_return;
  keeps_ledger_ = true;
  auto parsed = text ? parse_ledger(*text) : base::Result<Ledger>(text.error());
  if (parsed) {
    before_ = std::make_shared<Ledger>(std::move(*parsed));
  } else {
    env_.log.error("notify", "what waited to be told is not known any more; told is what comes from now on",
                   {{"file", base::UntrustedText(path())}, {"error", parsed.error()}});
  }
}

void Notifiers::set(const std::vector<Options>& wanted) {
  std::map<std::string, std::shared_ptr<Channel>> channels;
  for (const Options& options : wanted) {
    auto& channel = channels[options.name];
    const auto found = channels_.find(options.name);
    if (found != channels_.end()) {
      channel = std::move(found->second);
      channel->set(options);
      continue;
    }
    channel = std::make_shared<Channel>(env_, around_, [this] { note_unsaved(); }, options);
    const auto known = before_->notifiers.find(options.name);
    if (known != before_->notifiers.end() && !begun_) {
      channel->add_left_out(known->second.left_out);
      recalling_[options.name] = known->second.waiting.size();
    }
    tasks_->spawn(channel->run());
    keeps_ledger_ = true;
  }
  for (const auto& [name, channel] : channels_) {
    if (channel) channel->close();
  }
  channels_ = std::move(channels);
  note_unsaved();
}

void Notifiers::note_unsaved() {
  unsaved_ = true;
  changed_.notify();
}

std::function<bool(const record::NamedRecord&)> Notifiers::untold() const {
  if (recalling_.empty()) return {};
  return [before = before_](const record::NamedRecord& named) {
    if (!before->seen.contains(named.id)) return true;
    const auto waits = [&named](const auto& notifier) { return notifier.second.waiting.contains(named.id); };
    return std::ranges::any_of(before->notifiers, waits);
  };
}

void Notifiers::recall(const record::NamedRecord& named) {
  const auto change = change_in(named);
  if (!change) return;
  for (auto& [name, missing] : recalling_) {
    Channel& channel = *channels_.at(name);
    if (before_->notifiers.at(name).waiting.contains(named.id)) {
      channel.put_back(*change);
      --missing;
    } else if (!before_->seen.contains(named.id)) {
      channel.take(*change);
    }
  }
}

void Notifiers::know(const record::NamedRecord& named) {
  const auto change = change_in(named);
  if (!change) return;
  for (const auto& [name, channel] : channels_) channel->know(*change);
}

env::Task<void> Notifiers::begin(RecordSet seen) {
  seen_ = std::move(seen);
  for (const auto& [name, missing] : recalling_) {
    if (missing == 0) continue;
    env_.log.error("notify", "changes that waited are older than a day or not stored any more, and are given up",
                   {{"notifier", base::UntrustedText(name)}, {"changes", missing}});
  }
  before_ = std::make_shared<Ledger>();
  recalling_.clear();
  begun_ = true;
  co_await save();
  tasks_->spawn(keep_ledger());
}

void Notifiers::observe(std::span<const record::NamedRecord> stored) {
  for (const auto& named : stored) {
    if (named.id.lane != record::Lane::incidents || seen_.contains(named.id)) continue;
    seen_.insert(named.id);
    const auto change = change_in(named);
    if (!change) continue;
    for (const auto& [name, channel] : channels_) channel->take(*change);
    note_unsaved();
  }
}

env::Task<void> Notifiers::keep_ledger() {
  for (;;) {
    while (!unsaved_) co_await changed_.wait();
    co_await env_.clock.sleep_for(kSaveEvery);
    co_await save();
    if (unsaved_) co_await env_.clock.sleep_for(kRetrySave);
  }
}

env::Task<void> Notifiers::save() {
  unsaved_ = false;
  if (!keeps_ledger_) co_return;
  const std::string text = to_text(ledger());
  auto work = [this, &text] { return env::replace_text(env_.files, path(), text); };
  const auto saved = co_await env_.offload.run(std::move(work));
  if (saved) co_return;
  unsaved_ = true;
  env_.log.warn("notify", "cannot write what has been told; after a crash it would be told again",
                {{"error", saved.error()}});
}

Ledger Notifiers::ledger() const {
  Ledger ledger;
  ledger.seen = seen_;
  for (const auto& [name, channel] : channels_) {
    auto& notifier = ledger.notifiers[name];
    notifier.left_out = channel->queue().unsaid();
    for (const auto& id : channel->queue().ids()) notifier.waiting.insert(id);
  }
  return ledger;
}

bool Notifiers::is_idle() const {
  return std::ranges::all_of(channels_, [](const auto& c) { return c.second->queue().under_way() == 0; });
}

env::Task<void> Notifiers::idle() {
  while (!is_idle()) co_await changed_.wait();
}

env::Task<void> Notifiers::close() {
  for (const auto& [name, channel] : channels_) channel->close();
  using boost::asio::experimental::awaitable_operators::operator||;
  auto settled = idle();
  auto late = env_.clock.sleep_for(kEndWithin);
  co_await (std::move(settled) || std::move(late));
  co_await tasks_->stop();
  co_await save();
}

std::vector<Status> Notifiers::status() const {
  std::vector<Status> all;
  for (const auto& [name, channel] : channels_) {
    all.push_back({name, channel->queue().size(), channel->queue().counts(), channel->trouble()});
  }
  return all;
}

env::Task<base::Result<std::vector<Tested>>> Notifiers::test(std::optional<std::string> name) {
  std::vector<std::shared_ptr<Channel>> wanted;
  for (const auto& [its_name, channel] : channels_) {
    if (!name || *name == its_name) wanted.push_back(channel);
  }
  if (wanted.empty()) {
    const std::string what = name ? "there is no notifier named " + base::UntrustedText(*name).for_terminal()
                                  : std::string("there is no notifier: none stands in holter.toml as [[notify]]");
    co_return base::Error{base::ErrorKind::not_found, what};
  }
  std::vector<Tested> tested(wanted.size());
  env::TaskGroup testing(env_.executor);
  for (std::size_t i = 0; i < wanted.size(); ++i) testing.spawn(test_into(env_, wanted[i], &tested[i]));
  co_await testing.join();
  co_return tested;
}

}  // namespace holter::notify
