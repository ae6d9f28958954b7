// Any datagram from anywhere else, while the gate knows nobody: it is never taken, and never answered with more than it
// is.
#include "base/assert.h"
#include "heartbeat/gate.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace holter;
  static heartbeat::Gate gate = [] {
    heartbeat::GateOptions options;
    options.challenges_per_second = 1'000'000'000;
    heartbeat::Gate made(options, {1});
    made.set_keys(heartbeat::KeyRing(heartbeat::Keys{heartbeat::Secret{2}, {}}));
    return made;
  }();
  const base::Bytes datagram(data, size);
  const auto view = heartbeat::PulseView::parse(datagram);
  if (!view || heartbeat::from_hub(view->type())) return 0;
  const base::Endpoint peer{base::IpAddress::v4({192, 0, 2, 7}), 9};
  const auto nobody = [](record::Authentication) { return heartbeat::Acquaintance(); };
  const auto admission = gate.judge(*view, datagram, peer, nobody, base::Instant::from_nanoseconds(1));
  HOLTER_ASSERT(admission.kind != heartbeat::Admission::Kind::take);
  HOLTER_ASSERT(admission.challenge.size() <= size);
  return 0;
}
