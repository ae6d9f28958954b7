#include "uplink/frames.h"

#include <uplink.pb.h>

#include <algorithm>
#include <array>

#include "base/byte_writer.h"

namespace holter::uplink {
namespace {

constexpr std::size_t kFrameHeaderBytes = 5;
constexpr std::size_t kMaxControlBytes = 4 * 1024;
constexpr std::size_t kMaxAckBytes = 4 * 1024 * 1024;
constexpr std::size_t kMaxPlanBytes = 16 * 1024 * 1024;
// Of each type, in the order of Message.
constexpr std::array<std::size_t, std::variant_size_v<Message>> kMaxPayload{
    kMaxControlBytes,      kMaxAckBytes, kMaxControlBytes, kMaxPlanBytes,
    codec::kMaxBatchBytes, kMaxAckBytes, kMaxControlBytes, 0};

base::Error wrong(const char* what) { return {base::ErrorKind::corrupt, std::string("the peer sent ") + what}; }

void put_acks(const AckState& acks, auto* into) {
  std::size_t lanes = 0;
  for (const auto& [key, ranges] : acks.lanes) {
    if (lanes++ == kMaxAckLanes) return;
    wire::LaneAck* lane = into->Add();
    lane->set_epoch(key.first);
    lane->set_lane(static_cast<std::uint32_t>(key.second));
    for (const auto& range : ranges.ranges().first(std::min(ranges.ranges().size(), kMaxAckRanges))) {
      wire::Range* durable = lane->add_durable();
      durable->set_first(range.first);
      durable->set_last(range.last);
    }
  }
}

base::Result<AckState> get_acks(const auto& from) {
  AckState acks;
  if (static_cast<std::size_t>(from.size()) > kMaxAckLanes) return wrong("an ack of too many lanes");
  for (const wire::LaneAck& lane : from) {
    if (lane.lane() >= record::kLaneCount) return wrong("an ack of a lane that does not exist");
    if (static_cast<std::size_t>(lane.durable_size()) > kMaxAckRanges) return wrong("an ack of too many ranges");
    base::RangeSet& ranges = acks.lane(lane.epoch(), static_cast<record::Lane>(lane.lane()));
    for (const wire::Range& range : lane.durable()) {
      if (range.first() == 0 || range.last() < range.first()) return wrong("an ack of a range that is none");
      ranges.insert(range.first(), range.last());
    }
  }
  return acks;
}

void put_label(const std::string& key, const std::string& value, wire::Label& into) {
  into.set_key(key);
  into.set_value(value);
}

struct Encoder {
  std::string operator()(const Hello& hello) const {
    wire::Hello out;
    out.set_protocol(hello.protocol);
    out.set_oldest_protocol(hello.oldest_protocol);
    out.set_agent(hello.agent.id.bytes.data(), hello.agent.id.bytes.size());
    out.set_name(hello.agent.name.raw());
    out.set_epoch(hello.epoch);
    out.set_version(hello.agent.version.raw());
    return out.SerializeAsString();
  }
  std::string operator()(const Welcome& welcome) const {
    wire::Welcome out;
    out.set_protocol(welcome.protocol);
    out.set_version(welcome.version.raw());
    put_acks(welcome.acks, out.mutable_acks());
    out.set_plan_version(welcome.plan_version);
    return out.SerializeAsString();
  }
  std::string operator()(const Refused& refused) const {
    wire::Refused out;
    out.set_reason(refused.reason.raw());
    return out.SerializeAsString();
  }
  std::string operator()(const record::Plan& plan) const {
    wire::Plan out;
    out.set_version(plan.version);
    for (const record::ProbePlan& probe : plan.probes) {
      wire::Probe* entry = out.add_probes();
      entry->set_name(probe.name);
      entry->set_kind(static_cast<std::uint32_t>(probe.kind));
      entry->set_target(probe.target);
      entry->set_query(probe.query);
      entry->set_interval_ns(probe.interval.in_nanoseconds());
      entry->set_timeout_ns(probe.timeout.in_nanoseconds());
      if (probe.jitter) entry->set_jitter_ns(probe.jitter->in_nanoseconds());
      entry->set_overlap(probe.overlap);
      for (const auto& [key, value] : probe.labels) put_label(key, value, *entry->add_labels());
      for (const auto& [name, value] : probe.options) put_label(name, value, *entry->add_options());
      for (const auto& expectation : probe.expect) entry->add_expect(expectation);
    }
    return out.SerializeAsString();
  }
  std::string operator()(const Batch& batch) const { return {batch.bytes.begin(), batch.bytes.end()}; }
  std::string operator()(const Ack& ack) const {
    wire::Ack out;
    put_acks(ack.acks, out.mutable_lanes());
    return out.SerializeAsString();
  }
  std::string operator()(const Bye& bye) const {
    wire::Bye out;
    out.set_reason(bye.reason.raw());
    return out.SerializeAsString();
  }
  std::string operator()(const Ping&) const { return {}; }
};

template <class Wire>
base::Result<Wire> parse(base::Bytes payload) {
  Wire message;
  if (!message.ParseFromArray(payload.data(), static_cast<int>(payload.size())))
    return wrong("a message that cannot be read");
  return message;
}

base::Result<Message> decode_hello(base::Bytes payload) {
  const auto in = parse<wire::Hello>(payload);
  if (!in) return in.error();
  Hello hello;
  if (in->agent().size() != hello.agent.id.bytes.size()) return wrong("a hello without an agent id");
  std::ranges::copy(in->agent(), hello.agent.id.bytes.begin());
  hello.protocol = in->protocol();
  hello.oldest_protocol = in->oldest_protocol();
  hello.agent.name = base::UntrustedText(in->name(), kMaxNameBytes);
  hello.agent.version = base::UntrustedText(in->version(), kMaxNameBytes);
  hello.epoch = in->epoch();
  return hello;
}

base::Result<Message> decode_welcome(base::Bytes payload) {
  const auto in = parse<wire::Welcome>(payload);
  if (!in) return in.error();
  auto acks = get_acks(in->acks());
  if (!acks) return acks.error();
  return Welcome{in->protocol(), base::UntrustedText(in->version(), kMaxNameBytes), std::move(*acks),
                 in->plan_version()};
}

base::Result<Message> decode_refused(base::Bytes payload) {
  const auto in = parse<wire::Refused>(payload);
  if (!in) return in.error();
  return Refused{base::UntrustedText(in->reason(), kMaxReasonBytes)};
}

bool are_options(const record::Options& options) {
  return options.size() <= record::kMaxOptions && std::ranges::all_of(options, [](const auto& option) {
           return option.name.size() <= record::kMaxOptionBytes && option.value.size() <= record::kMaxOptionBytes;
         });
}

bool are_expectations(const std::vector<std::string>& expect) {
  return expect.size() <= record::kMaxExpectations && std::ranges::all_of(expect, [](const auto& expectation) {
           return expectation.size() <= record::kMaxOptionBytes;
         });
}

bool are_labels(const record::Labels& labels) {
  return labels.size() <= record::kMaxLabels && std::ranges::all_of(labels, [](const auto& label) {
           return label.first.size() <= record::kMaxLabelBytes && label.second.size() <= record::kMaxLabelBytes;
         });
}

base::Result<Message> decode_plan(base::Bytes payload) {
  const auto in = parse<wire::Plan>(payload);
  if (!in) return in.error();
  if (static_cast<std::size_t>(in->probes_size()) > record::kMaxPlanEntries)
    return wrong("a plan with too many probes");
  record::Plan plan;
  plan.version = in->version();
  for (const wire::Probe& probe : in->probes()) {
    if (probe.kind() > static_cast<std::uint32_t>(record::ProbeKind::https)) return wrong("a probe of an unknown kind");
    if (std::max({probe.name().size(), probe.target().size(), probe.query().size()}) > kMaxTargetBytes) {
      return wrong("a probe whose name or target is too long");
    }
    const auto interval = base::Duration::nanoseconds(probe.interval_ns());
    const auto timeout = base::Duration::nanoseconds(probe.timeout_ns());
    if (interval < record::kMinProbeInterval || timeout <= base::Duration::zero())
      return wrong("a probe that is too fast");
    if (probe.jitter_ns() < 0 || probe.jitter_ns() >= interval.in_nanoseconds()) return wrong("a jitter that is none");
    std::optional<base::Duration> jitter;
    if (probe.jitter_ns() > 0) jitter = base::Duration::nanoseconds(probe.jitter_ns());
    record::Labels labels;
    for (const auto& label : probe.labels()) labels.emplace_back(label.key(), label.value());
    if (!are_labels(labels)) return wrong("a probe with too many or too long labels");
    record::Options options;
    for (const auto& option : probe.options()) options.push_back({option.key(), option.value()});
    if (!are_options(options)) return wrong("a probe with too many or too long options");
    std::vector<std::string> expect(probe.expect().begin(), probe.expect().end());
    if (!are_expectations(expect)) return wrong("a probe with too many or too long expectations");
    plan.probes.push_back({probe.name(), static_cast<record::ProbeKind>(probe.kind()), probe.target(), probe.query(),
                           interval, timeout, std::move(labels), std::move(expect), std::move(options), jitter,
                           probe.overlap()});
  }
  return plan;
}

base::Result<Message> decode_batch(base::Bytes payload) {
  const auto header = codec::read_batch_header(payload);
  if (!header) return header.error();
  return Batch{*header, {payload.begin(), payload.end()}};
}

base::Result<Message> decode_ack(base::Bytes payload) {
  const auto in = parse<wire::Ack>(payload);
  if (!in) return in.error();
  auto acks = get_acks(in->lanes());
  if (!acks) return acks.error();
  return Ack{std::move(*acks)};
}

base::Result<Message> decode_bye(base::Bytes payload) {
  const auto in = parse<wire::Bye>(payload);
  if (!in) return in.error();
  return Bye{base::UntrustedText(in->reason(), kMaxReasonBytes)};
}

base::Result<Message> decode_ping(base::Bytes) { return Ping{}; }

// In the order of Message.
constexpr std::array<base::Result<Message> (*)(base::Bytes), std::variant_size_v<Message>> kDecoders{
    decode_hello, decode_welcome, decode_refused, decode_plan, decode_batch, decode_ack, decode_bye, decode_ping};

}  // namespace

std::vector<std::uint8_t> encode(const Message& message) {
  const std::string payload = std::visit(Encoder(), message);
  base::ByteWriter out;
  out.u32_le(static_cast<std::uint32_t>(payload.size()));
  out.u8(static_cast<std::uint8_t>(message.index() + 1));
  out.text(payload);
  return out.take();
}

void FrameReader::feed(base::Bytes bytes) {
  buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(used_));
  used_ = 0;
  buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
}

base::Result<std::optional<Message>> FrameReader::next() {
  base::ByteReader reader(base::Bytes(buffer_).subspan(used_));
  const std::uint32_t length = reader.u32_le();
  const unsigned type = reader.u8();
  if (reader.failed()) return std::optional<Message>();
  if (type == 0 || type > kDecoders.size()) return wrong("a frame of an unknown type: it is no holter, or a later one");
  if (length > kMaxPayload[type - 1])
    return base::Error{base::ErrorKind::too_large, "the peer sent a frame over the limit"};
  const base::Bytes payload = reader.bytes(length);
  if (reader.failed()) return std::optional<Message>();
  auto message = kDecoders[type - 1](payload);
  if (!message) return message.error();
  used_ += kFrameHeaderBytes + length;
  return std::optional<Message>(std::move(*message));
}

}  // namespace holter::uplink
