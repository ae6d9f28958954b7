#include "wire/network/icmp_extension.h"

#include <algorithm>

#include "wire/checksum.h"
#include "wire/known_option.h"

namespace holter::wire {
namespace {

constexpr std::size_t kHead = 4;        // of the extension, and of each object
constexpr std::size_t kOldQuote = 128;  // RFC 4884, 5.5
constexpr unsigned kVersion = 2;
constexpr std::uint8_t kMplsLabels = 1, kInterface = 2;

void list_labels(Bytes value, const IcmpExtensionFields& fields, Steps& steps, FieldList& out) {
  const std::size_t count = value.size() / 4;
  const auto each = [&](auto list) {
    for (std::size_t i = 0; i < count && steps.take(); ++i) list(load_u32(value, i * 4));
  };
  each([&](std::uint32_t entry) { out.number(fields.label, entry >> 12); });
  each([&](std::uint32_t entry) { out.number(fields.label_class, entry >> 9 & 7); });
  each([&](std::uint32_t entry) { out.flag(fields.label_bottom, (entry & 0x100) != 0); });
  each([&](std::uint32_t entry) { out.number(fields.label_ttl, entry & 0xff); });
}

// RFC 5837, 4: which parts there are is said by bits of the type.
class InterfaceParts {
 public:
  InterfaceParts(Bytes value, const IcmpExtensionFields& fields, FieldList& out)
      : left_(value), fields_(fields), out_(out) {}

  void list(std::uint8_t type) {
    out_.number(fields_.interface_role, type >> 6);
    if ((type & 8) != 0) list_number(fields_.interface_index);
    if ((type & 4) != 0) list_address();
    if ((type & 2) != 0) list_name();
    if ((type & 1) != 0) list_number(fields_.interface_mtu);
  }

 private:
  void list_number(const FieldInfo& field) {
    if (left_.size() < 4) return give_up();
    out_.number(field, load_u32(left_, 0));
    left_ = left_.subspan(4);
  }
  void list_address() {
    constexpr std::uint16_t kIpv4 = 1, kIpv6 = 2;
    if (left_.size() < 4) return give_up();
    const std::uint16_t family = load_u16(left_, 0);
    const std::size_t size = family == kIpv4 ? 4 : family == kIpv6 ? 16 : 0;
    if (size == 0 || left_.size() < 4 + size) return give_up();
    out_.data(fields_.interface_address, left_.subspan(4, size));
    left_ = left_.subspan(4 + size);
  }
  void list_name() {
    const std::size_t size = left_.empty() ? 0 : left_[0];
    if (size == 0 || size > left_.size()) return give_up();
    const Bytes name = left_.subspan(1, size - 1);
    const auto end = std::ranges::find(name, 0);
    out_.data(fields_.interface_name, name.first(static_cast<std::size_t>(end - name.begin())));
    left_ = left_.subspan(size);
  }
  void give_up() { left_ = {}; }

  Bytes left_;
  const IcmpExtensionFields& fields_;
  FieldList& out_;
};

void list_object(Bytes object, const IcmpExtensionFields& fields, Steps& steps, FieldList& out) {
  const Bytes value = object.subspan(kHead);
  out.open(fields.object);
  out.number(fields.object_class, object[2]);
  out.number(fields.object_type, object[3]);
  out.number(fields.object_length, object.size());
  if (object[2] == kMplsLabels) {
    list_labels(value, fields, steps, out);
  } else if (object[2] == kInterface) {
    InterfaceParts(value, fields, out).list(object[3]);
  } else {
    list_bytes(out, fields.object_bytes, value);
  }
  out.close();
}

ChecksumState verify(Window extension) {
  if (load_u16(extension.captured, 2) == 0) return ChecksumState::none;
  if (extension.captured.size() < extension.claimed) return ChecksumState::unverified;
  return internet_checksum(extension.captured) == 0 ? ChecksumState::good : ChecksumState::bad;
}

}  // namespace

void list_icmp_extension(Window behind_header, std::size_t quoted, const IcmpExtensionFields& fields, Steps& steps,
                         FieldList& out) {
  const std::size_t at = quoted != 0 ? quoted : kOldQuote;
  if (behind_header.captured.size() < at + kHead) return;
  const Window extension{behind_header.captured.subspan(at), behind_header.claimed - at};
  const unsigned version = extension.captured[0] >> 4;
  const ChecksumState state = verify(extension);
  if (quoted == 0 && (version != kVersion || state != ChecksumState::good)) return;
  out.number(fields.version, version);
  out.number(fields.checksum, load_u16(extension.captured, 2));
  out.word(fields.checksum_state, to_string(state));
  Bytes left = extension.captured.subspan(kHead);
  while (left.size() >= kHead && steps.take()) {
    const std::size_t length = load_u16(left, 0);
    if (length < kHead || length > left.size()) {
      if (length < kHead || extension.captured.size() == extension.claimed) out.flaw(Anomaly::bad_option);
      return;
    }
    list_object(left.first(length), fields, steps, out);
    left = left.subspan(length);
  }
}

}  // namespace holter::wire
