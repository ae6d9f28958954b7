#include "capture/capture_task.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "capture/kernel_program.h"
#include "filter/kernel_filter.h"
#include "filter/steering.h"

namespace holter::capture {
namespace {

PipelineOptions pipeline_options(const CaptureOptions& options, env::Random& random) {
  return {options.interface, options.worker, options.recorded, options.flow_limit,
          random.next(),     options.filter, options.recorder};
}

}  // namespace

CaptureTask::CaptureTask(env::Env env, CaptureOptions options, record::Sink& sink, Observer observer)
    : env_(env),
      options_(std::move(options)),
      sink_(sink),
      observer_(std::move(observer)),
      pipeline_(pipeline_options(options_, env_.random)),
      heard_(env_.executor),
      crew_came_(env_.executor),
      interface_(options_.interface) {}

env::Task<void> CaptureTask::run() { return is_first() ? lead() : follow(); }

env::Task<void> CaptureTask::lead() {
  for (;;) {
    base::Result<void> outcome = open();
    if (outcome) {
      opened();
      outcome = co_await read_until_it_ends();
      ended(outcome.error());
    }
    wait_for_next_try(outcome.error());
    const base::Duration pause = std::exchange(retry_, std::min(retry_ * 2, kLastRetry));
    co_await env_.clock.sleep_for(pause);
  }
}

env::Task<void> CaptureTask::follow() {
  using boost::asio::experimental::awaitable_operators::operator||;
  for (;;) {
    while (!std::exchange(crew_is_new_, false)) co_await crew_came_.wait();
    if (crew_->interface != interface_) rename(crew_->interface, "");
    const auto joined = open(interface_);
    if (!joined) {
      env_.log.warn("capture", "a worker cannot share an interface; the others read its part",
                    {{"interface", base::UntrustedText(interface_)}, {"why", joined.error().message}});
      pass_on();
      continue;
    }
    opened();
    auto reading = read_until_it_ends();
    auto another = left_behind();
    co_await (std::move(reading) || std::move(another));
    end_source();
  }
}

env::Task<void> CaptureTask::left_behind() {
  while (!crew_is_new_) co_await crew_came_.wait();
}

void CaptureTask::join(Crew crew) {
  crew_ = std::move(crew);
  crew_is_new_ = true;
  crew_came_.notify();
}

void CaptureTask::pass_on() {
  if (!options_.pass_on) return;
  if (!source_) return options_.pass_on(*crew_);
  const auto group = source_->fanout_group();
  if (group) options_.pass_on({interface_, *group, is_first() ? 1 : crew_->members + 1});
}

base::Result<void> CaptureTask::open() {
  follow_name();
  auto opened = open(interface_);
  if (opened || interface_ == options_.interface) return opened;
  // What was followed under another name is gone, perhaps for one that has the old name again.
  if (!open(options_.interface)) return opened;
  rename(options_.interface, "is there again");
  return {};
}

base::Result<void> CaptureTask::open(const std::string& interface) {
  env::FrameOptions frames;
  frames.interface = interface;
  frames.promiscuous = options_.promiscuous;
  frames.snaplen = options_.snaplen;
  frames.ring_bytes = options_.ring_bytes;
  frames.kernel_filter = for_kernel();
  if (is_first() && options_.pass_on) frames.fanout.emplace();
  if (!is_first()) frames.fanout = {crew_->group, kernel_program(filter::steering(crew_->members + 1))};
  auto source = env_.frames.open(frames);
  if (!source) return source.error();
  source_ = std::move(*source);
  return {};
}

env::KernelProgram CaptureTask::for_kernel() const {
  if (!pipeline_.heard_hosts().awaits_nobody() || options_.recorder) return {};
  auto watched = filter::PacketFilter::compile(changes::WireChanges::kMayMatter);
  HOLTER_ASSERT(watched);
  return kernel_program(filter::kernel_filter(options_.filter, *watched).program);
}

void CaptureTask::renew_kernel_filter() {
  if (!source_) return;
  const auto set = source_->set_kernel_filter(for_kernel());
  // The old one may refuse what is wanted now.
  if (set || source_->set_kernel_filter({})) return;
  env_.log.warn("capture", "the kernel keeps its old filter; start holter again",
                {{"interface", base::UntrustedText(interface_)}, {"why", set.error().message}});
}

void CaptureTask::set_filter(const filter::CaptureFilter& filter) {
  options_.filter = filter;
  pipeline_.set_filter(filter);
  renew_kernel_filter();
}

void CaptureTask::await_hosts(const std::vector<AwaitedHost>& hosts) {
  pipeline_.heard_hosts().await(hosts);
  renew_kernel_filter();
}

void CaptureTask::follow_name() {
  if (index_ == 0) return;
  const std::string name = env_.host.interface_name(index_);
  if (!name.empty() && name != interface_) rename(name, "the interface was renamed; holter follows it");
}

void CaptureTask::rename(const std::string& name, std::string_view why) {
  if (is_first()) tell_rename(name, why);
  interface_ = name;
  pipeline_.rename(name);
}

void CaptureTask::tell_rename(const std::string& name, std::string_view why) {
  const base::UntrustedText shown(name);
  env_.log.warn("capture", why, {{"interface", base::UntrustedText(interface_)}, {"now", shown}});
  remember_change(interface_, name);
  observe(CaptureState::off, "it is called " + shown.for_terminal() + " now");
}

void CaptureTask::opened() {
  index_ = source_->interface_index();
  const std::uint16_t hardware_type = source_->hardware_type();
  loopback_ = hardware_type == wire::kArphrdLoopback;
  pipeline_.begin_source(hardware_type, now());
  next_reading_ = env_.clock.now() + kReadingInterval;
  pass_on();
  if (!is_first()) return;
  retry_ = kFirstRetry;
  said_waiting_ = false;
  env_.log.info("capture", "capturing", {{"interface", base::UntrustedText(interface_)}});
  if (wire::link_type_of_arphrd(hardware_type) == wire::LinkType::unknown) {
    env_.log.warn("capture", "frames of this link type are counted, not decoded",
                  {{"interface", base::UntrustedText(interface_)}, {"arphrd", hardware_type}});
  }
  if (blind_since_) {
    record::Gap gap;
    gap.cause = record::GapCause::capture_loss;
    gap.lane = record::Lane::packets;
    gap.from = *std::exchange(blind_since_, std::nullopt);
    gap.to = env_.clock.wall_now();
    gap.where = "capture " + interface_;
    sink_.accept(std::move(gap));
    remember_change("gone", "capturing");
  }
  observe(CaptureState::capturing, "");
}

env::Task<base::Result<void>> CaptureTask::read_until_it_ends() {
  using boost::asio::experimental::awaitable_operators::operator||;
  auto frames = read_frames();
  auto counters = read_counters_each_second();
  auto first = co_await (std::move(frames) || std::move(counters));
  co_return first.index() == 0 ? std::get<0>(std::move(first)) : std::get<1>(std::move(first));
}

env::Task<base::Result<void>> CaptureTask::read_frames() {
  for (;;) {
    const auto block = co_await source_->next_block();
    if (!block) co_return block.error();
    renew_exclusions();
    take_announced();
    pipeline_.process(*block, records_);
    deliver();
    tell_seen(false);
    if (pipeline_.heard_hosts().heard_somebody()) heard_.notify();
    // Here too: under load the other loop may not come to run in time.
    const auto read = read_counters_when_due();
    if (!read) co_return read.error();
  }
}

// What was told before a packet of the block was sent is known before it is looked at.
void CaptureTask::renew_exclusions() {
  if (!options_.own) return;
  options_.own->take(own_);
  if (!own_.empty()) pipeline_.exclusions().set(own_.back());
}

env::Task<base::Result<void>> CaptureTask::read_counters_each_second() {
  for (;;) {
    co_await env_.clock.sleep_until(next_reading_);
    const auto read = read_counters_when_due();
    if (!read) co_return read.error();
  }
}

env::Task<void> CaptureTask::tell_heard(Tell tell) {
  using boost::asio::experimental::awaitable_operators::operator||;
  for (;;) {
    const auto turn = pipeline_.heard_hosts().next_turn();
    if (!turn) {
      co_await heard_.wait();
      continue;
    }
    if (*turn > env_.clock.now()) {
      auto heard = heard_.wait();
      auto sleep = env_.clock.sleep_until(*turn);
      co_await (std::move(heard) || std::move(sleep));
    }
    const auto heard = pipeline_.heard_hosts().take(env_.clock.now());
    while (!heard.empty() && !tell(heard)) co_await env_.clock.sleep_for(kTellAgain);
    co_await env_.clock.sleep_for(kTellPace);
  }
}

base::Result<void> CaptureTask::read_counters_when_due() {
  if (env_.clock.now() < next_reading_) return {};
  const auto counters = source_->read_counters();
  if (!counters) return counters.error();
  pipeline_.read(*counters, now(), records_);
  deliver();
  renew_exclusions();
  take_announced();
  if (counters->drops != 0) tell_seen(true);
  follow_name();
  look_up_gateways_when_due();
  observe(CaptureState::capturing, "");
  // On the grid, but never a burst of readings after a long sleep.
  next_reading_ = std::max(next_reading_ + kReadingInterval, env_.clock.now() + kReadingInterval / 2);
  return {};
}

void CaptureTask::look_up_gateways_when_due() {
  if (env_.clock.now() < next_look_) return;
  next_look_ = env_.clock.now() + kGatewaysInterval;
  std::vector<base::IpAddress> gateways;
  if (const auto known = env_.host.gateways()) {
    for (const env::Gateway& gateway : *known) gateways.push_back(gateway.address);
  }
  pipeline_.set_gateways(gateways);
}

// What was posted before the packets left is there, whatever is in the block.
void CaptureTask::take_announced() {
  if (!probes_.announced) return;
  probes_.announced(announced_);
  const auto at = base::PacketTime::from_nanoseconds(env_.clock.wall_now().in_nanoseconds());
  for (auto& awaited : announced_) pipeline_.probe_packets().await(std::move(awaited), at);
  announced_.clear();
}

void CaptureTask::tell_seen(bool lost) {
  ProbePackets& packets = pipeline_.probe_packets();
  if (probes_.seen && (lost || packets.saw_something())) probes_.seen({interface_, lost, packets.take_seen()});
}

void CaptureTask::end_source() {
  const auto counters = source_->read_counters();
  pipeline_.end_source(counters ? *counters : env::FrameCounters(), now(), records_);
  source_.reset();
  deliver();
}

void CaptureTask::ended(const base::Error& why) {
  end_source();
  blind_since_ = env_.clock.wall_now();
  remember_change("capturing", "gone: " + why.message);
}

void CaptureTask::wait_for_next_try(const base::Error& why) {
  if (!std::exchange(said_waiting_, true)) {
    env_.log.warn("capture", "no packets are captured; holter goes on trying",
                  {{"interface", base::UntrustedText(interface_)}, {"why", why.message}});
  }
  observe(CaptureState::waiting, why.message + "; holter goes on trying");
  take_announced();
}

void CaptureTask::remember_change(const std::string& before, std::string_view after) {
  record::NetworkChange change;
  change.at = env_.clock.wall_now();
  change.what = "interface";
  change.subject = base::UntrustedText(interface_);
  change.before = base::UntrustedText(before);
  change.after = base::UntrustedText(after);
  sink_.accept(std::move(change));
}

void CaptureTask::deliver() {
  for (auto& record : records_) sink_.accept(std::move(record));
  records_.clear();
}

void CaptureTask::observe(CaptureState state, std::string why) {
  CaptureSnapshot snapshot;
  snapshot.interface = interface_;
  snapshot.interface_index = index_;
  snapshot.loopback = loopback_;
  snapshot.state = state;
  snapshot.why = std::move(why);
  snapshot.totals = pipeline_.totals();
  snapshot.top = pipeline_.top(kTopConversations);
  const record::CaptureStats& newest = pipeline_.newest();
  if (const double seconds = (newest.to - newest.from).in_seconds(); state == CaptureState::capturing && seconds > 0) {
    snapshot.packets_per_second = static_cast<double>(newest.received) / seconds;
    snapshot.bytes_per_second = static_cast<double>(newest.received_bytes) / seconds;
  }
  observer_(snapshot);
}

void CaptureTask::finish() {
  if (source_) end_source();
  pipeline_.end_all(records_);
  deliver();
  observe(CaptureState::off, "stopped");
}

}  // namespace holter::capture
