// `holter filter explain`: what an expression means, before it is relied on.
#include "app/commands.h"
#include "app/explanation_text.h"
#include "app/terminal.h"
#include "cli/common_options.h"

namespace holter::app {
namespace {

struct Named {
  const char* name;
  filter::Subject subject;
};
constexpr Named kSubjects[] = {{"packets", filter::Subject::packets},
                               {"conversations", filter::Subject::conversations},
                               {"results", filter::Subject::results},
                               {"sessions", filter::Subject::sessions},
                               {"network", filter::Subject::network}};

filter::Subject subject_of(const cli::Arguments& arguments) {
  for (const Named& row : kSubjects) {
    if (arguments.text("--subject") == row.name) return row.subject;
  }
  return filter::Subject::packets;
}

std::vector<std::string> subject_names() {
  std::vector<std::string> names;
  for (const Named& row : kSubjects) names.emplace_back(row.name);
  return names;
}

}  // namespace

cli::Command filter_explain_words() {
  return {
      .words = "filter explain",
      .purpose = cli::Purpose::files,
      .summary = "Show what a filter means and what becomes of it",
      .about =
          "Shows the expression in one spelling (docs/filters.md), the questions that are asked one after the other, "
          "what they need beside the headers of a packet, and what a kernel can refuse before holter sees a frame, as "
          "classic BPF in the form of tcpdump -d. Takes the JSON form too. A filter that is wrong ends with 2.",
      .operands = {{.name = "FILTER", .help = "An expression, or JSON"}},
      .options = {{.name = "--subject",
                   .value = "SUBJECT",
                   .help = "What it is about: packets (default), conversations, results, sessions or network",
                   .kind = cli::Kind::choice,
                   .choices = subject_names()},
                  cli::json_option("One JSON object")},
      .examples = {{"holter filter explain 'tcp.dst_port == 443 and not vlan'", "For packets"},
                   {"holter filter explain '{\"TCP\": {\"Destination_Port\": 5000}}'", "JSON as text"},
                   {"holter filter explain --subject results 'rtt > 20ms'", "For results of probes"}}};
}

int filter_explain_command(const cli::Arguments& arguments) {
  const std::string text = arguments.text("FILTER");
  const filter::Subject subject = subject_of(arguments);
  const auto explanation = filter::explain(subject, text);
  if (!explanation) {
    print_error(explain_mistake(text, explanation.error()) + '\n');
    return kUsage;
  }
  if (arguments.has("--json")) {
    print(explanation_json(subject, *explanation) + '\n');
  } else {
    print(explanation_text(subject, *explanation, this_screen()));
  }
  return kDone;
}

}  // namespace holter::app
