#include "capture/capture_task.h"

#include <algorithm>
#include <utility>

namespace holter::capture {
namespace {

PipelineOptions pipeline_options(const CaptureOptions& options, env::Random& random) {
  return {options.interface, options.packet_records_per_second, options.flow_limit, random.next(), options.filter};
}

}  // namespace

CaptureTask::CaptureTask(env::Env env, CaptureOptions options, record::Sink& sink, Observer observer)
    : env_(env),
      options_(std::move(options)),
      sink_(sink),
      observer_(std::move(observer)),
      pipeline_(pipeline_options(options_, env_.random)) {}

env::Task<void> CaptureTask::run() {
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

base::Result<void> CaptureTask::open() {
  env::FrameOptions frames;
  frames.interface = options_.interface;
  frames.promiscuous = options_.promiscuous;
  frames.snaplen = options_.snaplen;
  frames.ring_bytes = options_.ring_bytes;
  auto source = env_.frames.open(frames);
  if (!source) return source.error();
  source_ = std::move(*source);
  return {};
}

void CaptureTask::opened() {
  const std::uint16_t hardware_type = source_->hardware_type();
  pipeline_.begin_source(hardware_type, now());
  next_reading_ = env_.clock.now() + kReadingInterval;
  retry_ = kFirstRetry;
  said_waiting_ = false;
  env_.log.info("capture", "capturing", {{"interface", options_.interface}});
  if (wire::link_type_of_arphrd(hardware_type) == wire::LinkType::unknown) {
    env_.log.warn("capture", "frames of this link type are counted, not decoded",
                  {{"interface", options_.interface}, {"arphrd", hardware_type}});
  }
  if (blind_since_) {
    record::Gap gap;
    gap.cause = record::GapCause::capture_loss;
    gap.lane = record::Lane::packets;
    gap.from = *std::exchange(blind_since_, std::nullopt);
    gap.to = env_.clock.wall_now();
    gap.where = "capture " + options_.interface;
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
    pipeline_.process(*block, records_);
    deliver();
    // Here too: under load the other loop may not come to run in time.
    const auto read = read_counters_when_due();
    if (!read) co_return read.error();
  }
}

env::Task<base::Result<void>> CaptureTask::read_counters_each_second() {
  for (;;) {
    co_await env_.clock.sleep_until(next_reading_);
    const auto read = read_counters_when_due();
    if (!read) co_return read.error();
  }
}

base::Result<void> CaptureTask::read_counters_when_due() {
  if (env_.clock.now() < next_reading_) return {};
  const auto counters = source_->read_counters();
  if (!counters) return counters.error();
  pipeline_.read(*counters, now(), records_);
  deliver();
  observe(CaptureState::capturing, "");
  // On the grid, but never a burst of readings after a long sleep.
  next_reading_ = std::max(next_reading_ + kReadingInterval, env_.clock.now() + kReadingInterval / 2);
  return {};
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
  remember_change("capturing", "gone: " + base::to_string(why));
}

void CaptureTask::wait_for_next_try(const base::Error& why) {
  const std::string text = base::to_string(why) + "; next try in " + base::to_string(retry_);
  if (!std::exchange(said_waiting_, true)) {
    env_.log.warn("capture", "no packets are captured; holter goes on trying",
                  {{"interface", options_.interface}, {"why", base::UntrustedText(base::to_string(why))}});
  }
  observe(CaptureState::waiting, text);
}

void CaptureTask::remember_change(const std::string& before, const std::string& after) {
  record::NetworkChange change;
  change.at = env_.clock.wall_now();
  change.what = "interface";
  change.subject = base::UntrustedText(options_.interface);
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
  snapshot.interface = options_.interface;
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
