// `holter results`: what the probes measured.
#include "app/commands.h"
#include "app/show_records.h"

namespace holter::app {
namespace {

constexpr RecordKind kResults = {"results", "results", RecordView::results, "results"};

std::vector<cli::Option> with_target(std::vector<cli::Option> options) {
  options.insert(options.begin(),
                 {.name = "--target",
                  .value = "TARGET",
                  .help = "Only of this target: as the plan has it, its address, or the probe's name"});
  return options;
}

}  // namespace

cli::Command results_words() {
  return {.words = "results",
          .purpose = cli::Purpose::look,
          .summary = "Show what the probes measured",
          .about =
              "Asks the `holter run` or `holter hub` of this user over its control socket, newest first; with "
              "--follow, oldest first and each new one once, until interrupted.\n\n"
              "One line a result: when the probe began, its name and kind, ok or how and in which phase it failed, the "
              "round-trip time, the address that was asked, and the answer in words, or why there was none.",
          .operands = {filter_operand()},
          .options = with_target(record_options("One JSON object a result")),
          .examples = {{"holter results --since 10m", "The newest 100 of ten minutes"},
                       {"holter results 'outcome != ok' --since 1d --count 0", "All of a day that failed"},
                       {"holter results --target loopback --json", "Of one target, for programs"},
                       {"holter results --follow", "Each as it comes"}},
          .lists = true};
}

int results_command(const cli::Arguments& arguments) { return show_records(kResults, arguments); }

}  // namespace holter::app
