// Any datagram that is a pulse, sealed: its key is recognised, no other is, and neither is it with a bit changed.
#include "base/assert.h"
#include "heartbeat/cookie.h"
#include "heartbeat/key_ring.h"
#include "heartbeat/pulse.h"
#include "heartbeat/seal.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace holter;
  using namespace holter::heartbeat;
  static Hmac hmac;
  static const ClientKey right{7, Secret{1}};
  static const ClientKey wrong{7, Secret{2}};
  if (size < 2) return 0;
  const std::size_t bit = (data[0] << 8U | data[1]) * 11U;
  const auto view = PulseView::parse({data + 2, size - 2});
  if (!view) return 0;
  auto datagram = view->fields().emit(size - 2);
  seal(hmac, right, datagram);
  HOLTER_ASSERT(is_sealed(hmac, right, datagram) && !is_sealed(hmac, wrong, datagram));
  const auto sealed = PulseView::parse(datagram);
  HOLTER_ASSERT(sealed && sealed->fields().key_id == right.id && sealed->name() == view->name());
  datagram.at(bit / 8 % datagram.size()) ^= static_cast<std::uint8_t>(1U << bit % 8);
  HOLTER_ASSERT(!is_sealed(hmac, right, datagram));

  // What it says is its cookie is none: that of another start of the hub would be.
  CookieJar jar(Secret{3});
  const base::Endpoint peer{base::IpAddress::v4({192, 0, 2, 7}), 9};
  const base::Instant now = base::Instant() + base::Duration::hours(1);
  HOLTER_ASSERT(!jar.is_good(view->fields().cookie, peer, view->fields().incarnation, now));
  const Cookie cookie = jar.bake(peer, view->fields().incarnation, now);
  HOLTER_ASSERT(jar.is_good(cookie, peer, view->fields().incarnation, now));
  HOLTER_ASSERT(!jar.is_good(cookie, peer, view->fields().incarnation + 1, now));
  return 0;
}
