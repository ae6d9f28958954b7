#include "app/pulse_beacon.h"

#include "env/linux/log.h"
#include "env/linux/log_line.h"
#include "heartbeat/pulse_words.h"

namespace holter::app {
namespace {

constexpr base::Duration kDefaultInterval = base::Duration::seconds(1);

// As the log of the hub has it.
std::string debug_line(const heartbeat::BeaconDatagram& datagram, base::WallTime at) {
  std::string text = env_linux::log_text("datagram", {{"way", datagram.sent ? "sent" : "received"},
                                                      {"peer", datagram.peer},
                                                      {"local", datagram.local},
                                                      {"bytes", datagram.bytes.size()}});
  const auto view = heartbeat::PulseView::parse(datagram.bytes);
  text += ' ' + (view ? heartbeat::pulse_words(*view) : "no_pulse=" + std::string(to_string(view.error())));
  return env_linux::log_line(at, env::LogLevel::debug, "heartbeat", text, env_linux::Colours::none);
}

bool pulses(const PulseOptions& options) {
  return !options.terminate && (options.messages.empty() || options.interval.has_value());
}

}  // namespace

base::Duration interval_of(const PulseOptions& options) {
  return pulses(options) ? options.interval.value_or(kDefaultInterval) : base::Duration::zero();
}

heartbeat::BeaconOptions beacon_options(const PulseOptions& options, env::Env env,
                                        std::function<void(const std::string&)> show) {
  heartbeat::BeaconOptions beacon;
  beacon.hub = options.hub_host;
  beacon.port = options.hub_port;
  beacon.name = options.name;
  beacon.interval = interval_of(options);
  beacon.key = options.key;
  if (options.debug) {
    beacon.on_datagram = [env, show = std::move(show)](const heartbeat::BeaconDatagram& datagram) {
      show(debug_line(datagram, env.clock.wall_now()));
    };
  }
  return beacon;
}

}  // namespace holter::app
