// Any lines as answers to the questions of the ancestor's server and at the menu of its client: what is taken is within
// its limits, and what is told is safe to show.
#include <algorithm>

#include "base/assert.h"
#include "compat/heartbeat_menu.h"

namespace {

bool is_safe(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return (c >= 0 && c < ' ' && c != '\n') || c == 0x7f; });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace holter;
  using Action = compat::HeartbeatMenu::Action;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  compat::HeartbeatQuestions questions({}, {});
  compat::HeartbeatMenu menu;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (!questions.answered()) {
      HOLTER_ASSERT(!questions.question().empty());
      const auto objection = questions.take(line);
      HOLTER_ASSERT(!objection || is_safe(*objection));
    }
    HOLTER_ASSERT(is_safe(menu.prompt()));
    const auto step = menu.take(line);
    HOLTER_ASSERT(is_safe(step.objection));
    HOLTER_ASSERT(step.action != Action::connect || step.hub.is_v4());
  }
  if (!questions.answered()) return 0;
  HOLTER_ASSERT(questions.timeout() >= base::Duration::seconds(1) && questions.timeout() <= compat::kLongestTimeout);
  return 0;
}
