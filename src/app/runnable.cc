#include "app/runnable.h"

#include "app/configuration.h"
#include "probe/probers.h"

namespace holter::app {
namespace {

std::optional<probe::PlanMistake> mistake_in(const record::ProbePlan& plan, bool is_module) {
  return probe::Probers::mistake_in(is_module ? with_some_target(plan) : plan);
}

// The words up to the first line break: what follows points into an expression.
std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

// Keeps those of `all` that make no mistake with the ones kept before, and says what went.
template <class Item, class Text>
void keep_fit(record::ProbePlan& plan, std::vector<Item> record::ProbePlan::* list, bool is_module, const Text& text_of,
              Runnable& runnable) {
  auto all = std::exchange(plan.*list, {});
  for (auto& item : all) {
    (plan.*list).push_back(item);
    const auto mistake = mistake_in(plan, is_module);
    if (!mistake) continue;
    (plan.*list).pop_back();
    runnable.gone.push_back(text_of(item) + ": " + first_line(mistake->text));
  }
}

}  // namespace

Runnable make_runnable(record::ProbePlan& plan, bool is_module) {
  Runnable runnable;
  const auto mistake = mistake_in(plan, is_module);
  if (!mistake) return runnable;
  record::ProbePlan bare = plan;
  bare.options.clear();
  bare.expect.clear();
  if (const auto basic = mistake_in(bare, is_module)) {
    runnable.fault = basic->text;
    return runnable;
  }
  const auto expectations = std::exchange(plan.expect, {});
  keep_fit(
      plan, &record::ProbePlan::options, is_module,
      [](const record::Option& option) {
        return base::UntrustedText(option.name + " = " + option.value, 100).for_terminal();
      },
      runnable);
  plan.expect = expectations;
  keep_fit(
      plan, &record::ProbePlan::expect, is_module,
      [](const std::string& line) { return "expect " + base::UntrustedText(line, 100).for_terminal(); }, runnable);
  return runnable;
}

}  // namespace holter::app
