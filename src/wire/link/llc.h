// IEEE 802.2: what an 802.3 frame holds instead of an ether type. Two service access points of a byte each and a
// control field, of one byte in unnumbered frames and of two in all others; behind the point 0xaa an OUI and a protocol
// of it (SNAP). An OUI of zeros, 802.1H's or AppleTalk's means an ether type. Frames that begin with 0xffff are older
// than 802.2: Novell's, with IPX straight behind the length.
#pragma once

#include "wire/decoder.h"
#include "wire/link/llc_numbers.h"

namespace holter::wire {

struct LlcFields {
  FieldInfo dsap{"dsap", FieldType::number, "destination service access point, with its group bit"};
  FieldInfo group{"group", FieldType::flag, "the destination is a group"};
  FieldInfo ssap{"ssap", FieldType::number, "source service access point, with its response bit"};
  FieldInfo response{"response", FieldType::flag, "a response, not a command"};
  FieldInfo control{"control", FieldType::number, "8 bits of an unnumbered frame, 16 of others"};
  FieldInfo kind{"kind", FieldType::word, "information, supervisory or unnumbered"};
  FieldInfo command{"command", FieldType::number, "what an unnumbered or supervisory frame says: its bits of control"};
  FieldInfo send_sequence{"send_sequence", FieldType::number, "N(S) of an information frame"};
  FieldInfo receive_sequence{"receive_sequence", FieldType::number, "N(R), of all but unnumbered frames"};
  FieldInfo poll_final{"poll_final", FieldType::flag, "asks for an answer, or is the last of it"};
};
inline constexpr LlcFields kLlcFields;

struct SnapFields {
  FieldInfo oui{"oui", FieldType::number, "whose protocol it is; 0 means an ether type"};
  FieldInfo type{"type", FieldType::number, "protocol or ether type"};
};
inline constexpr SnapFields kSnapFields;

class LlcView {
 public:
  static Parsed<LlcView> parse(Window window);

  std::uint8_t dsap() const { return bytes_[0]; }
  std::uint8_t ssap() const { return bytes_[1]; }
  bool unnumbered() const { return (bytes_[2] & 3U) == 3; }
  bool supervisory() const { return (bytes_[2] & 3U) == 1; }
  // The least significant byte is the first, so that N(S) and the kind are in the lower one.
  std::uint16_t control() const {
    return unnumbered() ? bytes_[2] : static_cast<std::uint16_t>(bytes_[3] << 8 | bytes_[2]);
  }
  // Data for whoever the destination names.
  bool information() const { return (bytes_[2] & 1U) == 0 || bytes_[2] == kLlcUnnumberedInformation; }
  std::size_t size() const { return bytes_.size(); }

 private:
  explicit LlcView(Bytes bytes) : bytes_(bytes) {}
  Bytes bytes_;
};

class SnapView {
 public:
  static constexpr std::size_t kBytes = 5;
  static Parsed<SnapView> parse(Window window);

  std::uint32_t oui() const { return load_u32(bytes_, 0) >> 8; }
  std::uint16_t type() const { return load_u16(bytes_, 3); }

 private:
  explicit SnapView(Bytes bytes) : bytes_(bytes) {}
  Bytes bytes_;
};

Next decode_llc(Decoder& decoder);
Next decode_snap(Decoder& decoder);

}  // namespace holter::wire
