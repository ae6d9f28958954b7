// `holter read`: shows the packets of a capture file.
#include "app/capture_text.h"
#include "app/commands.h"
#include "app/packet_filter_option.h"
#include "app/terminal.h"
#include "base/untrusted_text.h"
#include "cli/common_options.h"
#include "env/linux/streams.h"

namespace holter::app {
namespace {

base::Result<std::unique_ptr<env::InputStream>> open(const std::string& path) {
  if (path == "-") return env_linux::standard_input();
  return env_linux::open_input(path);
}

// What could not be read or shown, and how the command ends for it.
int explain(const capture::ReadOutcome& outcome, const std::string& shown) {
  const bool nobody_reads = !outcome.output && outcome.output.error().kind == base::ErrorKind::closed;
  if (nobody_reads) return kDone;
  if (outcome.recognised) print_error(read_text(outcome.figures));
  if (!outcome.output) {
    print_error(outcome.output.error().message + '\n');
    return kFailed;
  }
  if (outcome.input) return kDone;
  print_error(shown + ": " + outcome.input.error().message + '\n');
  return outcome.recognised ? kFailed : kUsage;
}

}  // namespace

cli::Command read_words() {
  return {
      .words = "read",
      .purpose = cli::Purpose::files,
      .summary = "Show the packets of a capture file",
      .about =
          "Reads classic pcap and pcapng files, of any size, and shows one packet a line, with times in UTC. At the "
          "end it says on standard error how many packets there were and what was wrong with how many.\n\n"
          "With a filter (docs/filter.md) only the packets that it matches are shown; --count counts those, and a "
          "packet keeps the number that it has in the file. How many were left out is said at the end.\n\n"
          "A file that is damaged or stops inside a packet is shown as far as it is whole; then holter says what is "
          "wrong at which byte, and ends with 1. What is no capture file ends with 2.",
      .operands = {{"FILE", "the capture file; - for standard input", cli::Kind::file},
                   {.name = "FILTER", .help = "The same as --filter", .required = false}},
      .options = {cli::filter_option(), cli::count_option("Only the first N packets"),
                  cli::json_option("One JSON object a packet")},
      .examples = {{"holter read capture.pcap", "Every packet in one line"},
                   {"holter read capture.pcap 'icmp and ipv4.src == 127.0.0.0/8'", "Those that a filter matches"},
                   {"holter read capture.pcap --json -c 2", "The first two packets as JSON"},
                   {"holter read - < capture.pcap", "From standard input"}}};
}

int read_command(const cli::Arguments& arguments) {
  if (arguments.has("--count") && arguments.count("--count", 0) == 0) {
    print_error("--count: 0 packets are none; at least 1\n");
    return kUsage;
  }
  auto filter = packet_filter_of(arguments);
  if (!filter) {
    print_error(filter.error().message + '\n');
    return kUsage;
  }
  const std::string path = arguments.text("FILE");
  auto input = open(path);
  if (!input) {
    print_error(input.error().message + '\n');
    return kUsage;
  }
  const auto output = env_linux::standard_output();
  capture::PacketPrinter printer(*output,
                                 arguments.has("--json") ? capture::PrintForm::json : capture::PrintForm::words);
  const auto outcome = read_capture(**input, printer, {arguments.count("--count", 0), std::move(*filter)});
  return explain(outcome, path == "-" ? "standard input" : base::UntrustedText(path).for_terminal());
}

}  // namespace holter::app
