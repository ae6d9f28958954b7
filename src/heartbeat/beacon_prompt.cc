#include "heartbeat/beacon_prompt.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/untrusted_text.h"
#include "heartbeat/beacon_words.h"

namespace holter::heartbeat {

using boost::asio::experimental::awaitable_operators::operator||;

namespace {

constexpr std::string_view kDefaultHub = "localhost";

std::string shown(std::string_view text) { return base::UntrustedText(text).for_terminal(); }

// "1 message", "no message", "3 messages".
std::string counted(std::uint64_t number, std::string_view what) {
  return fmt::format("{} {}{}", number == 0 ? "no" : std::to_string(number), what, number > 1 ? "s" : "");
}

}  // namespace

struct BeaconPrompt::Channel {
  Channel(env::Env env, BeaconOptions options, BeaconPrompt& prompt)
      : beacon(env, std::move(options), [&prompt](const BeaconEvent& event) { prompt.on_event(event); }),
        running(env.executor),
        delivering(env.executor) {}

  Beacon beacon;
  env::TaskGroup running;
  env::TaskGroup delivering;
};

BeaconPrompt::BeaconPrompt(env::Env env, BeaconPromptOptions options, env::Prompt& prompt)
    : env_(env),
      options_(std::move(options)),
      prompt_(prompt),
      history_(env.files, options_.history_path),
      ended_(env.executor),
      retiring_(env.executor) {
  auto look = std::move(options_.beacon.on_datagram);
  options_.beacon.on_datagram = [this, look](const BeaconDatagram& datagram) {
    on_datagram(datagram);
    if (look) look(datagram);
  };
}
BeaconPrompt::~BeaconPrompt() = default;

env::Task<bool> BeaconPrompt::converse() {
  if (prompt_.has_person()) say(options_.welcome);
  auto remembered = co_await env_.offload.run([this] { return history_.load(); });
  prompt_.recall(remembered);
  const bool named = co_await settle_name();
  const bool settled = named && co_await settle_hub();
  if (settled) co_await read_commands();
  prompt_.close();
  auto finishing = finish();
  auto at_once = ended_.wait();
  const auto first = co_await (std::move(finishing) || std::move(at_once));
  if (first.index() == 1) {
    failed_ = true;
    prompt_.complain("interrupted: the hub may not know that this is the end\n");
  }
  co_await retiring_.stop();
  for (const auto& channel : channels_) {
    co_await channel->delivering.stop();
    co_await channel->running.stop();
  }
  channels_.clear();
  co_return !failed_;
}

void BeaconPrompt::interrupt() {
  if (!prompt_.drop_line()) end();
}

void BeaconPrompt::end() {
  ending_ = true;
  ended_.notify();
}

// Nothing at the end of the input, and when the end was wished for.
env::Task<std::optional<std::string>> BeaconPrompt::ask(std::string question, env::Remember remember) {
  if (ending_) co_return std::nullopt;
  auto typing = prompt_.next_line(std::move(question), remember);
  auto ended = ended_.wait();
  auto first = co_await (std::move(typing) || std::move(ended));
  if (first.index() == 1) co_return std::nullopt;
  auto line = std::get<0>(std::move(first));
  if (!line) {
    complain(to_string(line.error()));
    co_return std::nullopt;
  }
  co_return std::move(*line);
}

env::Task<bool> BeaconPrompt::settle_name() {
  const std::string own = env_.host.name();
  while (options_.beacon.name.empty()) {
    if (!prompt_.has_person()) {
      options_.beacon.name = own;
      break;
    }
    auto asking = ask(fmt::format("Name of this session [{}]: ", shown(own)), env::Remember::no);
    const auto answer = co_await std::move(asking);
    if (!answer) co_return false;
    const std::string& name = answer->empty() ? own : *answer;
    if (name.size() > kMaxNameBytes) {
      say("A name has at most 255 bytes.");
    } else {
      options_.beacon.name = name;
    }
  }
  co_return true;
}

env::Task<bool> BeaconPrompt::settle_hub() {
  if (!options_.beacon.hub.empty()) {
    auto opening = open({options_.beacon.hub, options_.beacon.port});
    co_await std::move(opening);
    if (current_ == nullptr && !prompt_.has_person()) co_return false;
  }
  while (current_ == nullptr && prompt_.has_person()) {
    auto asking = ask(fmt::format("Hub to pulse [{}]: ", kDefaultHub), env::Remember::no);
    const auto answer = co_await std::move(asking);
    if (!answer) co_return false;
    const auto hub = parse_hub(answer->empty() ? kDefaultHub : *answer);
    if (!hub) {
      say(hub.error().message);
      continue;
    }
    auto opening = open(*hub);
    co_await std::move(opening);
  }
  co_return true;
}

env::Task<void> BeaconPrompt::read_commands() {
  prompt_.offer(prompt_offers(hubs_));
  for (;;) {
    auto asking = ask(prompt_text(), env::Remember::yes);
    auto line = co_await std::move(asking);
    if (!line) co_return;
    if (prompt_.has_person()) {
      auto keeping = keep(*line);
      co_await std::move(keeping);
    }
    auto obeying = obey(parse_prompt_line(*line));
    if (!co_await std::move(obeying)) co_return;
    if (prompt_.has_person()) continue;
    if (current_ != nullptr) co_await current_->delivering.join();
    co_await retiring_.join();
  }
}

// False when this was the last one.
env::Task<bool> BeaconPrompt::obey(PromptLine line) {
  using enum PromptLine::Verb;
  switch (line.verb) {
    case nothing: break;
    case exit: co_return false;
    case help: say(prompt_help()); break;
    case status: tell_status(); break;
    case message: say_message(std::move(line.text)); break;
    case mistake: complain(line.text); break;
    case terminate:
      if (current_ == nullptr) {
        complain("no session is open");
      } else {
        retire(true);
      }
      break;
    case hub: {
      auto changing = change_hub(std::move(line.hub));
      co_await std::move(changing);
      break;
    }
  }
  co_return true;
}

env::Task<void> BeaconPrompt::open(base::HostAndPort hub) {
  options_.beacon.hub = hub.host;
  options_.beacon.port = hub.port.value_or(kPort);
  auto made = std::make_unique<Channel>(env_, options_.beacon, *this);
  const auto opened = co_await made->beacon.open();
  if (!opened) co_return complain(fmt::format("cannot pulse to {}: {}", shown(hub.host), to_string(opened.error())));
  // The new one pulses first, so that at one and the same hub it keeps the session.
  made->running.spawn(made->beacon.run());
  retire(false);
  current_ = made.get();
  channels_.push_back(std::move(made));
  const std::string name = to_string(hub);
  if (std::ranges::find(hubs_, name) == hubs_.end() && hubs_.size() < env::kMaxPromptHistory) hubs_.push_back(name);
  prompt_.offer(prompt_offers(hubs_));
}

env::Task<void> BeaconPrompt::change_hub(std::optional<base::HostAndPort> hub) {
  const base::HostAndPort present{options_.beacon.hub, options_.beacon.port};
  const bool same = !hub || base::HostAndPort{hub->host, hub->port.value_or(kPort)} == present;
  if (same && current_ != nullptr) co_return say(fmt::format("{} is the hub", shown(to_string(present))));
  if (!hub && options_.beacon.hub.empty()) co_return complain("which one? hub HOST[:PORT]");
  if (!hub) hub = present;
  auto opening = open(std::move(*hub));
  co_await std::move(opening);
}

void BeaconPrompt::say_message(std::string text) {
  if (current_ == nullptr) {
    complain(options_.beacon.hub.empty() ? "to whom? hub HOST[:PORT]" : "no session is open; `hub` opens it again");
  } else if (waiting_ >= kMaxWaitingMessages) {
    complain(fmt::format("{} messages wait for the hub already; say it again later", waiting_));
  } else {
    ++waiting_;
    current_->delivering.spawn(deliver(*current_, std::move(text)));
  }
}

env::Task<void> BeaconPrompt::deliver(Channel& channel, std::string text) {
  auto delivering = channel.beacon.deliver(std::move(text));
  co_await std::move(delivering);
  --waiting_;
}

// The present channel says that it ends, behind what it has to deliver, and is gone then.
void BeaconPrompt::retire(bool whoever) {
  Channel* old = std::exchange(current_, nullptr);
  if (old != nullptr) retiring_.spawn(close(*old, whoever));
}

env::Task<void> BeaconPrompt::close(Channel& channel, bool whoever) {
  co_await channel.delivering.join();
  auto ending = whoever ? channel.beacon.terminate() : channel.beacon.leave();
  co_await std::move(ending);
  if (whoever && prompt_.has_person()) say("`hub` opens it again");
  co_await channel.running.stop();
  channels_.remove_if([&channel](const auto& one) { return one.get() == &channel; });
}

env::Task<void> BeaconPrompt::finish() {
  if (current_ != nullptr && options_.stay_open) co_await current_->delivering.join();
  if (!options_.stay_open) retire(false);
  co_await retiring_.join();
}

env::Task<void> BeaconPrompt::keep(std::string line) {
  const auto kept = co_await env_.offload.run([this, &line] { return history_.add(line); });
  if (kept) co_return;
  complain("the history is not kept: " + kept.error().message);
  history_ = env::LineHistory(env_.files, "");
}

void BeaconPrompt::on_event(const BeaconEvent& event) {
  using enum BeaconEvent::Kind;
  if (event.kind == asked) ++counts_.asked;
  if (event.kind == delivered) ++counts_.delivered;
  if (event.kind == not_delivered) ++counts_.not_delivered;
  failed_ |= event.kind == not_delivered || event.kind == not_ended;
  const std::string words = event.kind == started ? opening_words(event, options_.beacon) : beacon_words(event);
  if (is_trouble(event)) {
    prompt_.complain(words + '\n');
  } else {
    say(words);
  }
}

void BeaconPrompt::on_datagram(const BeaconDatagram& datagram) {
  if (datagram.sent) {
    ++counts_.sent;
  } else {
    counts_.heard = env_.clock.now();
  }
}

void BeaconPrompt::tell_status() {
  const auto& beacon = options_.beacon;
  std::string text;
  if (beacon.hub.empty()) {
    text = "no hub yet\n";
  } else {
    text = fmt::format("{} {} as {}\n", current_ == nullptr ? "ended at" : "pulsing",
                       shown(to_string(base::HostAndPort{beacon.hub, beacon.port})), shown(beacon.name));
  }
  text += fmt::format("{} sent, {}", counted(counts_.sent, "datagram"),
                      counts_.asked == 0 ? "never asked" : fmt::format("asked {}", counted(counts_.asked, "time")));
  text += fmt::format("; {} delivered", counted(counts_.delivered, "message"));
  if (counts_.not_delivered > 0) text += fmt::format(", {} not", counts_.not_delivered);
  if (waiting_ > 0) text += fmt::format(", {} on the way", waiting_);
  if (counts_.heard) {
    const double ago = (env_.clock.now() - *counts_.heard).in_seconds();
    text += fmt::format("; a hub was heard {:.0f} s ago", ago);
  }
  say(text);
}

void BeaconPrompt::say(const std::string& line) { prompt_.print(line.ends_with('\n') ? line : line + '\n'); }

void BeaconPrompt::complain(const std::string& line) {
  failed_ |= !prompt_.has_person();
  prompt_.complain(line + '\n');
}

std::string BeaconPrompt::prompt_text() const {
  return shown(options_.beacon.name) + (current_ == nullptr ? " (closed)> " : "> ");
}

}  // namespace holter::heartbeat
