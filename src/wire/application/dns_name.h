// DnsName is a domain name as people write it ("www.example.com", the root is "."), taken out of a message where it may
// be compressed (RFC 1035, 4.1.4). Labels keep their bytes as they came: nothing here is fit for a screen. A pointer
// must lead backwards, as the RFC says, so that every jump makes the rest shorter; one that does not is a loop. At most
// 255 bytes. Value type.
#pragma once

#include <array>
#include <string_view>

#include "wire/application/cursor.h"
#include "wire/field_list.h"
#include "wire/steps.h"

namespace holter::wire {

class DnsName {
 public:
  static constexpr std::size_t kMaxBytes = 255;

  // Reads the name at the cursor and moves behind it. False: it is cut, or wrong; the cursor has failed then, and a
  // loop is marked in `fields`.
  bool read(Cursor& cursor, Steps& steps, FieldList& fields);

  std::string_view text() const { return size_ == 0 ? std::string_view(".") : std::string_view(text_.data(), size_); }

 private:
  bool add(Bytes label);

  std::array<char, kMaxBytes> text_;
  std::size_t size_ = 0;
};

}  // namespace holter::wire
