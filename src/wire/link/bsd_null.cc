#include "wire/link/bsd_null.h"

#include <array>

namespace holter::wire {
namespace {

constexpr std::uint32_t kFamilyIpv4 = 2;
// NetBSD and OpenBSD, FreeBSD, macOS, Linux.
constexpr std::array<std::uint32_t, 4> kFamiliesIpv6 = {24, 28, 30, 10};

}  // namespace

Parsed<BsdNullView> BsdNullView::parse(Window window) {
  if (window.captured.size() < kBytes) return window.fault_of(kBytes);
  return BsdNullView(window.captured.first(kBytes));
}

std::uint32_t BsdNullView::family() const {
  const std::uint32_t value = load_u32(bytes_, 0);
  return value <= 0xffff ? value : base::ByteReader(bytes_).u32_le();
}

std::uint16_t BsdNullView::ether_type() const {
  if (family() == kFamilyIpv4) return kEthertypeIp;
  if (std::ranges::find(kFamiliesIpv6, family()) != kFamiliesIpv6.end()) return kEthertypeIpv6;
  return family() > 0xffff ? load_u16(bytes_, 2) : std::uint16_t{0};
}

Next decode_bsd_null(Decoder& decoder) {
  const auto view = BsdNullView::parse(decoder.window());
  if (!view) return decoder.fail(view.error());
  decoder.packet.add(Protocol::bsd_null);
  decoder.packet.ether_type = view->ether_type();
  if (FieldList* const out = decoder.fields(Protocol::bsd_null)) out->number(kBsdNullFields.family, view->family());
  decoder.advance(BsdNullView::kBytes);
  return {Space::ether_type, view->ether_type()};
}

}  // namespace holter::wire
