// `holter read`: shows the packets of a capture file, or copies them into another.
#include "app/capture_input.h"
#include "app/commands.h"
#include "app/packet_filter_option.h"
#include "app/read_progress.h"
#include "app/terminal.h"
#include "app/version.h"
#include "base/nearest.h"
#include "base/untrusted_text.h"
#include "capture/file_copy.h"
#include "capture/packet_printer.h"
#include "capture/unpacked_stream.h"
#include "cli/common_options.h"
#include "describe/unknown_words.h"
#include "env/linux/streams.h"

namespace holter::app {
namespace {

std::string shown(const std::string& text) { return base::UntrustedText(text).for_terminal(); }

base::Result<std::unique_ptr<env::OutputStream>> open_output(const cli::Arguments& arguments) {
  const std::string path = arguments.text("--write");
  if (path.empty() || path == "-") return env_linux::standard_output();
  return env_linux::open_output(
      path, arguments.has("--force") ? env_linux::Existing::overwrite : env_linux::Existing::refuse);
}

base::Error no_such_field(const std::string& name) {
  std::vector<std::string> names;
  for (const wire::LayerFields& layer : wire::all_fields()) {
    names.push_back(wire::full_name({layer.layer, nullptr}));
    for (const wire::FieldInfo& field : layer.fields) names.push_back(wire::full_name({layer.layer, &field}));
  }
  return {base::ErrorKind::invalid, "--fields: there is no field " + shown(name) + " (docs/fields.md lists them)" +
                                        base::did_you_mean(name, names)};
}

base::Result<std::vector<wire::FieldOfLayer>> columns_of(const std::string& list) {
  std::vector<wire::FieldOfLayer> columns;
  for (std::size_t at = 0; at <= list.size();) {
    const std::size_t comma = std::min(list.find(',', at), list.size());
    const std::string name = list.substr(at, comma - at);
    const wire::FoundField found = wire::find_field(name);
    if (!found.found) return no_such_field(name);
    columns.push_back(found.what);
    at = comma + 1;
  }
  return columns;
}

base::Result<capture::PrintWish> print_wish_of(const cli::Arguments& arguments) {
  capture::PrintWish wish;
  wish.bytes = arguments.has("--hex");
  if (arguments.has("--json")) wish.form = capture::PrintForm::json;
  if (!arguments.has("--fields")) return wish;
  auto columns = columns_of(arguments.text("--fields"));
  if (!columns) return columns.error();
  wish.form = capture::PrintForm::columns;
  wish.columns = std::move(*columns);
  return wish;
}

// Empty: it can be done.
std::string refusal(const cli::Arguments& arguments) {
  if (arguments.has("--count") && arguments.count("--count", 0) == 0) return "--count: 0 packets are none; at least 1";
  const bool shows = arguments.has("--json") || arguments.has("--fields") || arguments.has("--hex");
  if (arguments.has("--write") && shows) return "--write copies packets, and the other options show them: give one";
  if (arguments.has("--json") && arguments.has("--fields")) return "--json has every field: leave out --fields";
  if (arguments.has("--json") && arguments.has("--hex")) return "--hex shows lines beside the packets: not with --json";
  if (arguments.text("--write") == "-" && output_is_terminal()) {
    return "--write -: a capture file does no good on a terminal; pipe it into a program, or name a file";
  }
  return "";
}

int refuse(const std::string& why) {
  print_error(why + '\n');
  return kUsage;
}

}  // namespace

cli::Command read_words() {
  return {
      .words = "read",
      .purpose = cli::Purpose::files,
      .summary = "Show the packets of a capture file, or copy them into another",
      .about =
          "Reads classic pcap and pcapng files, of any size, also packed with gzip or Zstandard, and shows one packet "
          "a line, with times in UTC. At the end it says on standard error how many packets there were and what was "
          "wrong with how many.\n\n"
          "With a filter (docs/filters.md) only the packets that it matches are shown; --count counts those, and a "
          "packet keeps the number that it has in the file. How many were left out is said at the end.\n\n"
          "--fields takes the names of docs/fields.md and shows a row a packet: columns apart by a tab, several values "
          "of one field by a comma. --write copies what the filter matches into a new file: pcapng, or classic pcap "
          "when its name ends in .pcap.\n\n"
          "A file that is damaged or stops inside a packet is shown as far as it is whole; then holter says what is "
          "wrong at which byte, and ends with 1. What is no capture file ends with 2.",
      .operands = {{"FILE", "the capture file; - for standard input", cli::Kind::file},
                   {.name = "FILTER", .help = "The same as --filter", .required = false}},
      .options = {cli::filter_option(),
                  cli::count_option("Only the first N packets"),
                  cli::json_option("One JSON object a packet, with every field"),
                  {.name = "--fields", .value = "NAME,...", .help = "Only these fields, a row a packet"},
                  {.name = "--hex", .letter = 'x', .help = "The bytes of each packet below its line"},
                  cli::write_option("Copy into this file; - for standard output"),
                  {.name = "--force", .help = "Overwrite a file that is there"},
                  {.name = "--unknown", .help = "At the end the first bytes of what no decoder was there for"}},
      .examples = {{"holter read capture.pcap", "Every packet in one line"},
                   {"holter read capture.pcap 'icmp and ipv4.src == 127.0.0.0/8'", "Those that a filter matches"},
                   {"holter read capture.pcap --json -c 2", "The first two packets as JSON"},
                   {"holter read capture.pcap --fields frame.number,ipv4.src,ipv4.ttl", "Some columns"},
                   {"holter read capture.pcap icmp -w - | holter read -", "A copy of some of them"},
                   {"holter read - < capture.pcap", "From standard input"}}};
}

int read_command(const cli::Arguments& arguments) {
  if (const std::string why = refusal(arguments); !why.empty()) return refuse(why);
  auto filter = packet_filter_of(arguments);
  if (!filter) return refuse(filter.error().message);
  auto wish = print_wish_of(arguments);
  if (!wish) return refuse(wish.error().message);
  const std::string path = arguments.text("FILE");
  auto input = open_capture(path);
  if (!input) return refuse(input.error().message);
  const auto output = open_output(arguments);
  if (!output) return refuse(output.error().message);

  ReadProgress progress(**input);
  const auto unpacked = capture::unpacked(progress);
  capture::PacketPrinter printer(**output, std::move(*wish));
  capture::FileCopy copy(**output, capture::format_of(arguments.text("--write")), std::string("holter ") + kVersion);
  capture::PacketSink& sink = arguments.has("--write") ? static_cast<capture::PacketSink&>(copy) : printer;
  const auto outcome = read_capture(*unpacked, sink, {arguments.count("--count", 0), std::move(*filter)});
  progress.clear();
  const bool samples = arguments.has("--unknown");
  return conclude_reading(outcome, path, samples ? describe::unknown_samples(outcome.figures.unknown) : "");
}

}  // namespace holter::app
