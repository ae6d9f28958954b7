#include "wire/application/dns_name.h"

#include <algorithm>

namespace holter::wire {

bool DnsName::add(Bytes label) {
  const std::size_t dot = size_ == 0 ? 0 : 1;
  if (label.size() + dot > kMaxBytes - size_) return false;
  if (dot != 0) text_[size_++] = '.';
  std::ranges::copy(label, text_.begin() + static_cast<std::ptrdiff_t>(size_));
  size_ += label.size();
  return true;
}

bool DnsName::read(Cursor& cursor, Steps& steps, FieldList& fields) {
  constexpr unsigned kPointer = 0xc0;
  size_ = 0;
  Cursor at = cursor;
  std::size_t began = cursor.at();  // of the labels that are being read
  bool jumped = false;
  while (steps.take()) {
    const unsigned length = at.u8();
    if (at.ok() && (length & kPointer) == kPointer) {
      const std::size_t target = (length & ~kPointer) << 8 | at.u8();
      if (at.ok() && !jumped) cursor.move_to(at.at());
      jumped = true;
      if (at.ok() && target >= began) {
        fields.flaw(Anomaly::name_loop);
        cursor.lie();
        return false;
      }
      began = target;
      if (at.ok()) at.move_to(target);
      continue;
    }
    if (length == 0 && at.ok()) {
      if (!jumped) cursor.move_to(at.at());
      return true;
    }
    if ((length & kPointer) != 0 || !add(at.bytes(length))) at.lie();
    if (at.ok()) continue;
    at.lied() ? cursor.lie() : cursor.cut();
    return false;
  }
  cursor.cut();
  return false;
}

}  // namespace holter::wire
