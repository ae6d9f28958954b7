// What a datagram costs before it is believed: its key is derived and its MAC computed; that of a stranger is asked for
// a cookie.
#include <benchmark/benchmark.h>

#include "heartbeat/cookie.h"
#include "heartbeat/key_ring.h"
#include "heartbeat/pulse.h"
#include "heartbeat/seal.h"

namespace holter::heartbeat {
namespace {

void verify(benchmark::State& state) {
  KeyRing ring(Keys{Secret{1}, {}});
  Pulse pulse;
  pulse.incarnation = 1;
  pulse.sequence = 1;
  pulse.name = "db1.rack7.example";
  auto datagram = pulse.emit(smallest_bytes(pulse.name.size()));
  seal(ring.hmac(), ring.key(pulse.name, 1), datagram);
  for (auto _ : state) {
    const auto view = PulseView::parse(datagram);
    benchmark::DoNotOptimize(ring.verify(view->name(), view->fields().key_id, datagram));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(verify);

void judge_cookie(benchmark::State& state) {
  CookieJar jar({1});
  const base::Endpoint peer{base::IpAddress::v4({192, 0, 2, 7}), 40'112};
  const base::Instant now = base::Instant::from_nanoseconds(1);
  const Cookie cookie = jar.bake(peer, 1, now);
  for (auto _ : state) benchmark::DoNotOptimize(jar.is_good(cookie, peer, 1, now));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(judge_cookie);

}  // namespace
}  // namespace holter::heartbeat
