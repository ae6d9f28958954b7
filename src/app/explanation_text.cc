#include "app/explanation_text.h"

#include "base/json_writer.h"
#include "base/untrusted_text.h"
#include "term/table.h"

namespace holter::app {
namespace {

std::string shown(const std::string& text) { return base::UntrustedText(text).for_terminal(); }

std::string needs_text(const filter::Needs& needs) {
  std::string out = "the headers of each packet";
  if (needs.checksums) out += ", its checksums";
  if (needs.fields) out += ", a full decode of those that the headers do not refuse";
  if (needs.frame) out += ", what the capture knows of its frame";
  return out;
}

void kernel_text(const filter::KernelFilter& kernel, std::string& out) {
  if (kernel.program.empty()) {
    out += "\nkernel      nothing: it would refuse no frame\n";
    return;
  }
  out += "\nkernel      " + (kernel.words.empty() ? "a part of it" : shown(kernel.words)) +
         "\n            of frames that are what they usually are; others pass to holter\n\n";
  out += filter::listing(kernel.program);
}

void way_json(base::JsonWriter& json, const char* name, const filter::ExplainedStep::Way& way) {
  json.key(name);
  if (way.step) {
    json.count(*way.step);
  } else {
    json.text(to_string(way));
  }
}

}  // namespace

std::string explanation_text(filter::Subject subject, const filter::Explanation& explanation,
                             const term::Screen& screen) {
  std::string out = "expression  " + shown(explanation.expression) + '\n';
  out += "about       " + std::string(to_string(subject)) + "\n\n";
  term::Table table({{"STEP", true}, {"QUESTION"}, {"TYPE"}, {"FROM"}, {"YES"}, {"NO"}});
  std::size_t number = 0;
  for (const auto& step : explanation.program) {
    table.add({{std::to_string(number++)},
               {shown(step.question)},
               {std::string(step.type)},
               {std::string(step.source)},
               {to_string(step.if_true)},
               {to_string(step.if_false)}});
  }
  out += table.draw(screen);
  if (subject != filter::Subject::packets) return out;
  out += "\nneeds       " + needs_text(explanation.needs) + '\n';
  kernel_text(explanation.kernel, out);
  return out;
}

std::string explanation_json(filter::Subject subject, const filter::Explanation& explanation) {
  base::JsonWriter json;
  json.begin_object().member("expression", base::UntrustedText(explanation.expression));
  json.member("subject", to_string(subject)).key("program").begin_array();
  for (const auto& step : explanation.program) {
    json.begin_object().member("question", base::UntrustedText(step.question)).member("field", step.field);
    json.member("type", step.type).member("from", step.source);
    way_json(json, "yes", step.if_true);
    way_json(json, "no", step.if_false);
    json.end_object();
  }
  json.end_array();
  if (subject == filter::Subject::packets) {
    json.key("needs").begin_object().member("fields", explanation.needs.fields);
    json.member("checksums", explanation.needs.checksums).member("frame", explanation.needs.frame).end_object();
    json.key("kernel").begin_object().member("words", base::UntrustedText(explanation.kernel.words));
    json.key("program").begin_array();
    for (const auto& instruction : explanation.kernel.program) {
      json.begin_array().count(instruction.code).count(instruction.if_true).count(instruction.if_false);
      json.count(instruction.k).end_array();
    }
    json.end_array().end_object();
  }
  return json.end_object().take();
}

}  // namespace holter::app
