#include "heartbeat/pulse.h"

#include <algorithm>

#include "base/assert.h"
#include "base/byte_writer.h"

namespace holter::heartbeat {
namespace {

std::string_view as_text(base::Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

bool all_zero(base::Bytes bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

bool known(std::uint8_t type) { return type >= 1 && type <= 9; }

bool sound(const Pulse& pulse, std::size_t name_length, std::size_t text_length) {
  if (name_length == 0 || text_length > kMaxTextBytes) return false;
  if (text_length > 0 && !is_said(pulse.type)) return false;
  if (pulse.interval > base::Duration::zero() && pulse.detect_multiplier == 0) return false;
  if (!from_hub(pulse.type) && (pulse.incarnation == 0 || pulse.sequence == 0)) return false;
  const bool numbered = is_said(pulse.type) || pulse.type == PulseType::terminate;
  return !numbered || pulse.number != 0;
}

}  // namespace

std::string_view to_string(PulseType type) {
  switch (type) {
    case PulseType::pulse: return "pulse";
    case PulseType::ask: return "ask";
    case PulseType::answer: return "answer";
    case PulseType::message: return "message";
    case PulseType::terminate: return "terminate";
    case PulseType::ack: return "ack";
    case PulseType::challenge: return "challenge";
    case PulseType::start: return "start";
    case PulseType::failure: return "failure";
  }
  return "unknown";
}

std::string_view to_string(PulseFault fault) {
  constexpr std::array<std::string_view, kPulseFaultCount> words = {"truncated",    "foreign",   "newer_version",
                                                                    "unknown_type", "bad_field", "too_small"};
  return words[static_cast<std::size_t>(fault)];
}

void throw_exception_from_error(PulseFault, const boost::source_location& where) {
  base::assertion_failed(where.file_name(), static_cast<int>(where.line()), "value of a datagram that is not a pulse");
}

PulseView::Parsed PulseView::parse(base::Bytes datagram) {
  base::ByteReader reader(datagram);
  const base::Bytes magic = reader.bytes(kMagic.size());
  if (reader.failed()) return PulseFault::truncated;
  if (!std::equal(magic.begin(), magic.end(), kMagic.begin())) return PulseFault::foreign;
  const std::uint8_t version = reader.u8();
  const std::uint8_t type = reader.u8();
  if (reader.failed()) return PulseFault::truncated;
  if (version > kVersion) return PulseFault::newer_version;
  if (version == 0) return PulseFault::bad_field;
  if (!known(type)) return PulseFault::unknown_type;

  PulseView view;
  Pulse& pulse = view.fields_;
  view.size_ = datagram.size();
  pulse.type = static_cast<PulseType>(type);
  const std::uint16_t flags = reader.u16_le();
  pulse.leaves = pulse.type == PulseType::terminate && (flags & kLeaves) != 0;
  pulse.key_id = reader.u32_le();
  pulse.number = reader.u32_le();
  pulse.incarnation = reader.u64_le();
  pulse.sequence = reader.u64_le();
  pulse.sent = base::WallTime::from_nanoseconds(static_cast<std::int64_t>(reader.u64_le()));
  pulse.interval = base::Duration::milliseconds(reader.u32_le());
  pulse.detect_multiplier = reader.u8();
  const std::size_t name_length = reader.u8();
  const std::size_t text_length = reader.u16_le();
  const base::Bytes mac = reader.bytes(kMacBytes);
  if (reader.failed()) return PulseFault::truncated;
  if (pulse.key_id == 0 && !all_zero(mac)) return PulseFault::bad_field;
  if (!sound(pulse, name_length, text_length)) return PulseFault::bad_field;
  pulse.name = as_text(reader.bytes(name_length));
  pulse.text = as_text(reader.bytes(text_length));
  if (reader.failed()) return PulseFault::truncated;
  const bool has_reserve = pulse.type == PulseType::challenge || !from_hub(pulse.type);
  if (has_reserve && datagram.size() < smallest_bytes(name_length)) return PulseFault::too_small;
  if (has_reserve && reader.captured_left() >= kCookieBytes) {
    const base::Bytes reserve = reader.bytes(kCookieBytes);
    if (!all_zero(reserve)) pulse.cookie = reserve;
  }
  return view;
}

std::vector<std::uint8_t> Pulse::emit(std::size_t size) const {
  HOLTER_ASSERT(!name.empty() && name.size() <= kMaxNameBytes && text.size() <= kMaxTextBytes);
  HOLTER_ASSERT(cookie.empty() || cookie.size() == kCookieBytes);
  base::ByteWriter writer;
  writer.bytes(kMagic);
  writer.u8(kVersion);
  writer.u8(static_cast<std::uint8_t>(type));
  writer.u16_le(type == PulseType::terminate && leaves ? kLeaves : 0);
  writer.u32_le(0);
  writer.u32_le(number);
  writer.u64_le(incarnation);
  writer.u64_le(sequence);
  writer.u64_le(static_cast<std::uint64_t>(sent.in_nanoseconds()));
  writer.u32_le(static_cast<std::uint32_t>(std::clamp<std::int64_t>(interval.in_milliseconds(), 0, UINT32_MAX)));
  writer.u8(detect_multiplier);
  writer.u8(static_cast<std::uint8_t>(name.size()));
  writer.u8(static_cast<std::uint8_t>(text.size()));
  writer.u8(static_cast<std::uint8_t>(text.size() >> 8));
  writer.zeros(kMacBytes);
  writer.text(name);
  writer.text(text);
  writer.bytes(cookie);
  if (writer.size() < size) writer.zeros(size - writer.size());
  return writer.take();
}

}  // namespace holter::heartbeat
