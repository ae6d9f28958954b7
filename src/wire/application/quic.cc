#include "wire/application/quic.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "wire/application/crypto_frames.h"
#include "wire/application/cursor.h"
#include "wire/application/quic_initial.h"
#include "wire/application/tls_hello.h"

namespace holter::wire {
namespace {

constexpr const QuicFields& f = kQuicFields;
constexpr std::uint32_t kVersionOne = 1;
constexpr std::uint32_t kVersionTwo = 0x6b3343cf;
constexpr std::uint32_t kDrafts = 0xff000000;
constexpr std::uint32_t kFirstDraft = 29, kLastDraft = 34;
constexpr std::size_t kMaxIdBytes = 20;

std::optional<QuicVersion> version_of(std::uint32_t number) {
  if (number == kVersionOne) return QuicVersion::one;
  if (number == kVersionTwo) return QuicVersion::two;
  const std::uint32_t draft = number & 0xff;
  if ((number & 0xffffff00) != kDrafts || draft < kFirstDraft || draft > kLastDraft) return std::nullopt;
  return draft <= 32 ? QuicVersion::draft29 : QuicVersion::one;  // 33 brought the final salt
}

enum class Kind : std::uint8_t { initial, zero_rtt, handshake, retry };

// Version 2 counts them from another one on (RFC 9369, 3.2).
Kind kind_of(unsigned first, QuicVersion version) {
  const unsigned type = first >> 4 & 3;
  return static_cast<Kind>(version == QuicVersion::two ? (type + 3) & 3 : type);
}

std::string_view word_of(Kind kind) {
  switch (kind) {
    case Kind::initial: return "initial";
    case Kind::zero_rtt: return "0-rtt";
    case Kind::handshake: return "handshake";
    case Kind::retry: break;
  }
  return "retry";
}

// Variable-length integers (RFC 9000, 16).
std::uint64_t varint(Cursor& cursor) {
  const unsigned first = cursor.u8();
  std::uint64_t value = first & 0x3f;
  for (unsigned more = (1U << (first >> 6)) - 1; more > 0; --more) value = value << 8 | cursor.u8();
  return value;
}

struct Head {
  unsigned first = 0;
  std::uint32_t version = 0;
  Bytes dcid, scid;
};

std::optional<Head> read_head(Cursor& cursor) {
  Head head;
  head.first = cursor.u8();
  head.version = cursor.u32();
  const std::size_t dcid = cursor.u8();
  head.dcid = cursor.bytes(dcid);
  const std::size_t scid = cursor.u8();
  head.scid = cursor.bytes(scid);
  if (!cursor.ok() || (head.first & 0x80) == 0) return std::nullopt;
  const bool negotiates = head.version == 0;
  if (!negotiates && ((head.first & 0x40) == 0 || !version_of(head.version))) return std::nullopt;
  if (!negotiates && (dcid > kMaxIdBytes || scid > kMaxIdBytes)) return std::nullopt;
  return head;
}

class Datagram {
 public:
  explicit Datagram(Payload payload) : payload_(payload), out_(payload.fields), cursor_(payload.window) {}

  bool list() {
    Cursor probe = cursor_;
    const auto head = read_head(probe);
    if (!head) return false;
    if (head->version == 0 && !is_negotiation(probe)) return false;
    out_.layer(Protocol::quic);
    while (cursor_.left() != 0 && payload_.steps.take()) {
      if (!one()) break;
    }
    if (hello_.size() != 0) list_hello();
    return true;
  }

 private:
  // Nothing but the form says so: the versions have to fill the rest, on the usual port.
  bool is_negotiation(const Cursor& behind) const {
    const bool usual = payload_.packet.source_port == kHttpsPort || payload_.packet.destination_port == kHttpsPort;
    return usual && behind.left() >= 4 && behind.left() % 4 == 0;
  }

  void list_head(const Head& head, std::string_view type) {
    out_.word(f.type, type);
    out_.number(f.version, head.version);
    out_.number(f.dcid_length, head.dcid.size());
    if (!head.dcid.empty()) out_.data(f.dcid, shown(head.dcid));
    out_.number(f.scid_length, head.scid.size());
    if (!head.scid.empty()) out_.data(f.scid, shown(head.scid));
  }

  // One packet of the datagram; false: none follows.
  bool one() {
    const std::size_t began = cursor_.at();
    const auto head = read_head(cursor_);
    if (!head) return false;  // a short header, or padding
    out_.open(f.packet);
    const bool more = head->version == 0 ? negotiation(*head) : numbered(*head, began);
    out_.close();
    return more;
  }

  bool negotiation(const Head& head) {
    list_head(head, "version_negotiation");
    while (cursor_.left() != 0 && payload_.steps.take()) {
      const std::uint32_t version = cursor_.u32();
      if (cursor_.ok()) out_.number(f.supported_version, version);
    }
    return false;
  }

  bool numbered(const Head& head, std::size_t began) {
    const QuicVersion version = *version_of(head.version);
    const Kind kind = kind_of(head.first, version);
    list_head(head, word_of(kind));
    if (kind == Kind::retry) return false;
    if (kind == Kind::initial) {
      const std::uint64_t token = varint(cursor_);
      if (cursor_.ok()) out_.number(f.token_length, token);
      cursor_.skip(static_cast<std::size_t>(token));
    }
    const std::uint64_t length = varint(cursor_);
    if (cursor_.ok()) out_.number(f.length, length);
    const std::size_t number_at = cursor_.at();
    const Cursor body = cursor_.part(static_cast<std::size_t>(length));
    if (cursor_.lied()) out_.flaw(Anomaly::malformed_payload);
    if (kind == Kind::initial && body.ok() && body.rest().size() == length) {
      open(version, head, body.all().subspan(began), number_at - began);
    }
    return cursor_.ok();
  }

  void open(QuicVersion version, const Head& head, Bytes packet, std::size_t number_at) {
    const auto opened = open_initial(version, head.dcid, packet, number_at);
    if (!opened) return;
    out_.number(f.packet_number, opened->packet_number);
    Cursor frames(Window(Bytes(opened->frames).first(opened->size)));
    while (frames.left() != 0 && payload_.steps.take()) {
      if (!frame(frames)) break;
    }
  }

  // PADDING, PING and CRYPTO are what a first flight is made of; false: another one, or an end.
  bool frame(Cursor& frames) {
    constexpr std::uint8_t kPadding = 0, kPing = 1, kAck = 2, kCrypto = 6;
    const unsigned type = frames.u8();
    if (type == kPadding) {
      const Bytes rest = frames.rest();
      frames.skip(static_cast<std::size_t>(std::ranges::find_if(rest, [](auto b) { return b != 0; }) - rest.begin()));
      return frames.ok();
    }
    if (type == kPing) return true;
    if (type == kAck) return skip_ack(frames);
    if (type != kCrypto) return false;
    const std::uint64_t offset = varint(frames);
    const Bytes data = frames.bytes(static_cast<std::size_t>(varint(frames)));
    if (frames.ok()) hello_.add(offset, data);
    return frames.ok();
  }

  bool skip_ack(Cursor& frames) {
    varint(frames);
    varint(frames);
    const std::uint64_t ranges = varint(frames);
    varint(frames);
    for (std::uint64_t i = 0; i < ranges && frames.ok() && payload_.steps.take(); ++i) {
      varint(frames);
      varint(frames);
    }
    return frames.ok();
  }

  void list_hello() {
    constexpr std::size_t kHeader = 4;
    constexpr std::uint8_t kClientHello = 1;
    const Bytes bytes = out_.keep(hello_.whole());
    if (bytes.size() < kHeader || bytes[0] != kClientHello) return;
    const std::size_t length = kHeader + (load_u32(bytes, 0) & 0xffffff);
    out_.layer(Protocol::tls);
    list_tls_hello(Cursor(Window(bytes, std::max(length, bytes.size()))).part(length), Carrier::quic, payload_.steps,
                   out_);
  }

  Payload payload_;
  FieldList& out_;
  Cursor cursor_;
  CryptoFrames hello_;
};

}  // namespace

bool list_quic(Payload payload) { return Datagram(payload).list(); }

}  // namespace holter::wire
