// `holter flows`: shows the conversations of a capture file.
#include <algorithm>

#include "app/capture_input.h"
#include "app/commands.h"
#include "app/flow_choice.h"
#include "app/flow_text.h"
#include "app/packet_filter_option.h"
#include "app/read_progress.h"
#include "app/terminal.h"
#include "capture/flow_sink.h"
#include "capture/unpacked_stream.h"
#include "cli/common_options.h"
#include "env/linux/random.h"
#include "env/linux/streams.h"

namespace holter::app {
namespace {

using record::FlowRecord;

constexpr std::array<std::string_view, 4> kOrders{"bytes", "packets", "first", "duration"};

// Where the conversations go: out at once, or into an order first.
class Showing {
 public:
  Showing(const cli::Arguments& arguments, FlowForm form)
      : form_(form), limit_(arguments.count("--count", 0)), output_(env_linux::standard_output()) {
    const auto order = std::ranges::find(kOrders, arguments.text("--sort"));
    if (order == kOrders.end()) return;
    const std::uint64_t kept = limit_ == 0 ? kMostSorted : std::min<std::uint64_t>(limit_, kMostSorted);
    choice_.emplace(static_cast<FlowOrder>(order - kOrders.begin()), static_cast<std::size_t>(kept));
  }

  base::Result<void> take(std::span<const FlowRecord> flows) {
    if (!choice_) return print_some(flows);
    choice_->add(flows);
    return {};
  }
  base::Result<void> finish() {
    if (choice_) {
      const std::vector<FlowRecord> chosen = choice_->take();
      if (const auto printed = print_some(chosen); !printed) return printed;
    }
    return first_ ? print_some({}) : base::Result<void>();
  }
  std::uint64_t shown() const { return shown_; }
  // Whatever comes now is not shown.
  bool is_full() const { return !choice_ && limit_ != 0 && shown_ == limit_; }

 private:
  base::Result<void> print_some(std::span<const FlowRecord> flows) {
    const std::size_t room = limit_ == 0 ? flows.size() : static_cast<std::size_t>(limit_ - shown_);
    flows = flows.first(std::min(room, flows.size()));
    shown_ += flows.size();
    if (flows.empty() && !first_) return {};
    const std::string text = (first_ ? flow_heading(form_) : "") + flow_text(form_, flows, list_screen(), first_);
    first_ = false;
    return output_->write_all(base::Bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
  }

  FlowForm form_;
  std::uint64_t limit_;
  std::unique_ptr<env::OutputStream> output_;
  std::optional<FlowChoice> choice_;
  std::uint64_t shown_ = 0;
  bool first_ = true;
};

base::Result<FlowForm> form_of(const cli::Arguments& arguments) {
  const std::string format = arguments.text("--format", arguments.has("--json") ? "json" : "text");
  if (arguments.has("--json") && format != "json") {
    return base::Error{base::ErrorKind::invalid, "--json and --format " + format + " contradict each other; give one"};
  }
  if (format == "zeek") return FlowForm::conn_log;
  return format == "json" ? FlowForm::json : FlowForm::table;
}

}  // namespace

cli::Command flows_words() {
  return {
      .words = "flows",
      .purpose = cli::Purpose::files,
      .summary = "Show the conversations of a capture file",
      .about =
          "Reads what `holter read` reads and shows who talked to whom, one conversation a line, in the order in which "
          "they ended; those that still went on at the end of the file come last. Of TCP it says how far it came, who "
          "closed it, and what was sent again, overtaken or missing (docs/flows.md). At the end it says on standard "
          "error how much there was. The same file gives the same output.\n\n"
          "With a filter (docs/filters.md) only the packets that it matches are counted.\n\n"
          "Memory does not grow with the file: 1,000,000 conversations are followed at once, and what is more ends the "
          "one that was silent longest and is counted; --sort holds the first 100,000 of its order.",
      .operands = {{"FILE", "the capture file; - for standard input", cli::Kind::file},
                   {.name = "FILTER", .help = "The same as --filter", .required = false}},
      .options =
          {cli::filter_option(),
           {.name = "--count", .letter = 'n', .value = "N", .help = "Only the first N", .kind = cli::Kind::count},
           {.name = "--sort",
            .value = "ORDER",
            .help = "Most bytes or packets, the longest duration, or the first packet first",
            .kind = cli::Kind::choice,
            .choices = {kOrders.begin(), kOrders.end()}},
           {.name = "--format",
            .value = "FORMAT",
            .help = "A table, JSON, or the lines of a Zeek conn.log",
            .kind = cli::Kind::choice,
            .choices = {"text", "json", "zeek"}},
           cli::json_option("One JSON object a conversation")},
      .examples = {{"holter flows capture.pcap", "Every conversation in one line"},
                   {"holter flows capture.pcap tcp --sort bytes -n 10", "The ten over TCP that moved most"},
                   {"holter flows capture.pcap --format zeek", "As Zeek would log them"}}};
}

int flows_command(const cli::Arguments& arguments) {
  if (arguments.has("--count") && arguments.count("--count", 0) == 0) {
    print_error("--count: 0 conversations are none; at least 1\n");
    return kUsage;
  }
  const auto form = form_of(arguments);
  auto filter = packet_filter_of(arguments);
  if (!form || !filter) {
    print_error((form ? filter.error() : form.error()).message + '\n');
    return kUsage;
  }
  const std::string path = arguments.text("FILE");
  auto input = open_capture(path);
  if (!input) {
    print_error(input.error().message + '\n');
    return kUsage;
  }
  ReadProgress progress(**input);
  const auto unpacked = capture::unpacked(progress);
  Showing showing(arguments, *form);
  env_linux::Random random;
  capture::FlowSink sink({"", flow::kMostFlows, random.next(), base::Duration::zero()},
                         [&](std::span<const FlowRecord> flows) {
                           auto taken = showing.take(flows);
                           if (showing.is_full()) sink.give_no_more();
                           return taken;
                         });
  auto outcome = read_capture(*unpacked, sink, {0, std::move(*filter)});
  if (outcome.output && outcome.recognised) outcome.output = showing.finish();
  progress.clear();
  return conclude_reading(outcome, path, flow_figures(sink.counters(), sink.counters().ended - showing.shown()));
}

}  // namespace holter::app
