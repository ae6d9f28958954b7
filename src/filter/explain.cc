#include "filter/explain.h"

#include "filter/assemble.h"
#include "filter/checked_text.h"
#include "filter/parser.h"

namespace holter::filter {
namespace {

struct Question : Jump {
  const Condition* condition = nullptr;
};

std::string_view source_of(Subject subject, std::size_t field) {
  if (subject != Subject::packets) return "record";
  switch (live_fields()[field].place) {
    case Place::packet: return "packet";
    case Place::anomalies:
    case Place::layer:
    case Place::value: return "full decode";
    case Place::interface:
    case Place::direction:
    case Place::link_type: return "capture";
    case Place::bytes: break;
  }
  return "bytes";
}

ExplainedStep::Way way_to(std::uint16_t at) {
  if (at >= kReject) return {std::nullopt, at == kAccept};
  return {at, false};
}

std::vector<ExplainedStep> steps_of(Subject subject, const Checked& checked) {
  const auto make = [](const Condition& condition) {
    Question out;
    out.condition = &condition;
    return out;
  };
  std::vector<ExplainedStep> out;
  for (const Question& question : Assembler<Question, decltype(make)>(make).assemble(checked)) {
    const Condition& condition = *question.condition;
    const FieldInfo& field = fields(subject)[condition.field];
    out.push_back({condition_text(subject, condition), field.name, to_string(field.type),
                   source_of(subject, condition.field), way_to(question.if_true), way_to(question.if_false)});
  }
  return out;
}

}  // namespace

Compiled<Explanation> explain(Subject subject, std::string_view text) {
  const auto expression = parse(subject, text);
  if (!expression) return expression.error();
  const auto checked = check(subject, *expression);
  if (!checked) return checked.error();
  Explanation out{print(*expression), steps_of(subject, *checked), {}, {}};
  if (subject != Subject::packets) return out;
  out.needs = needs_of(*checked);
  out.kernel = kernel_filter(*checked);
  return out;
}

std::string to_string(const ExplainedStep::Way& way) {
  if (way.step) return "step " + std::to_string(*way.step);
  return way.accepts ? "accept" : "refuse";
}

}  // namespace holter::filter
