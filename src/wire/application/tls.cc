#include "wire/application/tls.h"

#include <algorithm>
#include <optional>

#include "wire/application/cursor.h"
#include "wire/application/tls_fields.h"
#include "wire/application/tls_hello.h"

namespace holter::wire {
namespace {

constexpr std::size_t kRecordHeader = 5;
constexpr std::size_t kMessageHeader = 4;
constexpr std::size_t kMaxRecord = 16'384 + 2'048;  // of TLS 1.2 with what compression and a cipher may add
constexpr std::uint8_t kChangeCipherSpec = 20, kAlert = 21, kHandshake = 22, kData = 23, kHeartbeat = 24;
constexpr std::uint8_t kClientHello = 1, kServerHello = 2;

bool is_message_type(unsigned type) {
  return type <= 6 || type == 8 || (type >= 11 && type <= 16) || (type >= 20 && type <= 25) || type == 67;
}

class Records {
 public:
  Records(Payload payload, StreamMemory& memory) : payload_(payload), memory_(memory), out_(payload.fields) {}

  Taken take() {
    Cursor cursor(payload_.window);
    Taken taken;
    while (payload_.steps.take()) {
      taken.done = cursor.at();
      if (cursor.left() < kRecordHeader) {
        taken.keep = kRecordHeader;
        break;
      }
      const Bytes header = cursor.rest();
      if (header.size() < kRecordHeader) {  // cut
        taken.done = payload_.window.claimed;
        break;
      }
      taken.lost = !begins_tls(header);
      if (taken.lost) break;
      const std::size_t length = load_u16(header, 3);
      if (cursor.left() < kRecordHeader + length) {
        taken.whole = kRecordHeader + length;
        taken.keep = header[0] == kData ? kRecordHeader : taken.whole;
        break;
      }
      cursor.skip(kRecordHeader);
      list(header, cursor.part(length));
    }
    if (hello_) list_tls_hello(*hello_, Carrier::tcp, payload_.steps, out_);
    return taken;
  }

 private:
  void list(Bytes header, Cursor body) {
    if (!begun_) out_.layer(Protocol::tls);
    begun_ = true;
    out_.open(kTlsFields.record);
    out_.number(kTlsFields.record_type, header[0]);
    out_.number(kTlsFields.record_version, load_u16(header, 1));
    out_.number(kTlsFields.record_length, load_u16(header, 3));
    if (header[0] == kHandshake) list_handshake(body);
    if (header[0] == kChangeCipherSpec) memory_.encrypted = true;
    if (header[0] == kAlert && body.left() == 2 && !memory_.encrypted) list_alert(body);
    out_.close();
  }

  void list_alert(Cursor body) {
    const unsigned level = body.u8(), description = body.u8();
    if (!body.ok() || (level != 1 && level != 2)) return;
    out_.number(kTlsFields.alert_level, level);
    out_.number(kTlsFields.alert_description, description);
  }

  // A second hello behind a HelloRetryRequest is in clear though a ChangeCipherSpec came before (RFC 8446, D.4).
  static bool is_second_hello(Cursor body) {
    const std::size_t length = body.left();
    const unsigned type = body.u8();
    return (type == kClientHello || type == kServerHello) && body.u24() + kMessageHeader == length && body.u8() == 3;
  }

  void list_handshake(Cursor body) {
    if (memory_.encrypted && !is_second_hello(body)) return;
    const std::size_t before = std::min<std::size_t>(memory_.handshake_left, body.left());
    memory_.handshake_left -= static_cast<std::uint32_t>(before);
    body.skip(before);
    while (body.left() >= kMessageHeader && payload_.steps.take()) {
      const Cursor message = body;
      const unsigned type = body.u8();
      const std::uint32_t length = body.u24();
      const bool whole = length <= body.left();
      // Only behind a hello can it be told that a message goes on in the next record, and not a cipher.
      if (!body.ok() || !is_message_type(type) || (!whole && !memory_.in_clear)) return;
      memory_.in_clear |= type == kClientHello || type == kServerHello;
      out_.open(kTlsFields.handshake);
      out_.number(kTlsFields.handshake_type, type);
      out_.number(kTlsFields.handshake_length, length);
      out_.close();
      if (!whole) {
        memory_.handshake_left = length - static_cast<std::uint32_t>(body.left());
        return;
      }
      if (!hello_ && (type == kClientHello || type == kServerHello))
        hello_ = Cursor(message).part(kMessageHeader + length);
      body.skip(length);
    }
  }

  Payload payload_;
  StreamMemory& memory_;
  FieldList& out_;
  std::optional<Cursor> hello_;
  bool begun_ = false;
};

}  // namespace

bool begins_tls(Bytes bytes) {
  return bytes.size() >= kRecordHeader && bytes[0] >= kChangeCipherSpec && bytes[0] <= kHeartbeat && bytes[1] == 3 &&
         bytes[2] <= 4 && load_u16(bytes, 3) <= kMaxRecord && load_u16(bytes, 3) != 0;
}

Taken take_tls(Payload payload, StreamMemory& memory) { return Records(payload, memory).take(); }

}  // namespace holter::wire
