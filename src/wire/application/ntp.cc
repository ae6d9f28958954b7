#include "wire/application/ntp.h"

#include "wire/application/cursor.h"

namespace holter::wire {
namespace {

constexpr std::size_t kBytes = 48;
constexpr std::size_t kControlBytes = 8;  // the least of modes 6 and 7
constexpr double kShort = 65'536;         // of a number in NTP's short format

}  // namespace

bool list_ntp(Payload payload) {
  const auto& f = kNtpFields;
  Cursor cursor(payload.window);
  const unsigned first = cursor.u8();
  const unsigned version = first >> 3 & 7, mode = first & 7;
  const bool control = mode == 6 || mode == 7;
  if (!cursor.ok() || version == 0 || version > 4) return false;
  if (payload.window.claimed < (control ? kControlBytes : kBytes)) return false;
  FieldList& out = payload.fields;
  out.layer(Protocol::ntp);
  // In a private message the first two bits say something else (RFC 1305 has none; ntp_request.h of ntpd).
  if (mode != 7) out.number(f.leap, first >> 6);
  out.number(f.version, version);
  out.number(f.mode, mode);
  if (control) return true;
  const auto stratum = cursor.u8();
  const auto poll = static_cast<std::int8_t>(cursor.u8());
  const auto precision = static_cast<std::int8_t>(cursor.u8());
  const double delay = cursor.u32(), dispersion = cursor.u32();
  const Bytes reference = cursor.bytes(4);
  if (!cursor.ok()) return true;
  out.number(f.stratum, stratum);
  out.signed_number(f.poll, poll);
  out.signed_number(f.precision, precision);
  out.decimal(f.root_delay, delay / kShort);
  out.decimal(f.root_dispersion, dispersion / kShort);
  out.data(f.reference_id, reference);
  for (const FieldInfo* const field : {&f.reference_time, &f.originate_time, &f.receive_time, &f.transmit_time}) {
    const std::uint64_t time = cursor.u64();
    if (cursor.ok()) out.number(*field, time);
  }
  return true;
}

}  // namespace holter::wire
