#include "heartbeat/pulse_words.h"

#include <fmt/format.h>

#include "base/untrusted_text.h"

namespace holter::heartbeat {

std::string pulse_words(const PulseView& view) {
  const Pulse& pulse = view.fields();
  return fmt::format("type={} session={} sequence={} number={} interval={} multiplier={} text={}{}{}",
                     to_string(pulse.type), base::UntrustedText(pulse.name).for_log(), pulse.sequence, pulse.number,
                     base::quoted_for_log(base::to_string(pulse.interval)), pulse.detect_multiplier,
                     base::UntrustedText(pulse.text, kMaxTextInWords).for_log(), pulse.leaves ? " leaves=yes" : "",
                     pulse.key_id == 0 ? "" : fmt::format(" key={}", pulse.key_id));
}

}  // namespace holter::heartbeat
