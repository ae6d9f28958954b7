// `holter capture`: records or shows what passes an interface.
#include <csignal>

#include "app/capture_text.h"
#include "app/commands.h"
#include "app/packet_filter_option.h"
#include "app/terminal.h"
#include "app/version.h"
#include "base/untrusted_text.h"
#include "capture/file_writer.h"
#include "capture/live_capture.h"
#include "capture/live_printer.h"
#include "cli/common_options.h"
#include "env/linux/broker_client.h"
#include "env/linux/frames.h"
#include "env/linux/host.h"
#include "env/linux/log.h"
#include "env/linux/loop.h"
#include "env/linux/privileges.h"
#include "env/linux/signals.h"
#include "env/linux/streams.h"
#include "term/status_line.h"

namespace holter::app {
namespace {

struct Wish {
  std::string interface;
  std::string shown_interface;
  std::string path;         // empty: packets are shown
  std::string destination;  // the path as it may be shown
  std::uint64_t count = 0;
  std::optional<filter::PacketFilter> filter;
  std::optional<base::Duration> duration;
  capture::PrintForm form = capture::PrintForm::words;

  bool writes() const { return !path.empty(); }
};

std::string shown(const std::string& text) { return base::UntrustedText(text).for_terminal(); }

Wish wish_of(const cli::Arguments& arguments) {
  Wish wish;
  wish.interface = arguments.text("--interface");
  wish.shown_interface = shown(wish.interface);
  wish.path = arguments.text("--write");
  wish.destination = wish.path == "-" ? "standard output" : shown(wish.path);
  wish.count = arguments.count("--count", 0);
  wish.duration = arguments.duration("--duration");
  if (arguments.has("--json")) wish.form = capture::PrintForm::json;
  return wish;
}

// Empty: it can be done.
std::string refusal(const cli::Arguments& arguments, const Wish& wish) {
  if (arguments.has("--count") && wish.count == 0) return "--count: 0 packets are none; at least 1";
  if (wish.writes() && arguments.has("--json"))
    return "--json shows packets and --write records them: give one of them";
  if (wish.path == "-" && output_is_terminal()) {
    return "--write -: a capture file does no good on a terminal; pipe it into a program, or name a file";
  }
  const auto interfaces = env_linux::Host().interfaces();
  if (!interfaces) return "";
  std::string names;
  for (const auto& interface : *interfaces) {
    if (interface.name == wish.interface) return "";
    names += (names.empty() ? "" : ", ") + shown(interface.name);
  }
  return "there is no interface " + wish.shown_interface + "; there are: " + names;
}

base::Result<std::unique_ptr<env_linux::BrokerClient>> start_broker() {
  const auto path = env_linux::find_broker();
  if (!path) return path.error();
  return env_linux::BrokerClient::start(*path);
}

base::Result<std::unique_ptr<env::OutputStream>> open_output(const Wish& wish, bool force) {
  if (!wish.writes() || wish.path == "-") return env_linux::standard_output();
  return env_linux::open_output(wish.path, force ? env_linux::Existing::overwrite : env_linux::Existing::refuse);
}

std::unique_ptr<capture::FrameSink> make_sink(const Wish& wish, wire::LinkType link, env::OutputStream& output) {
  if (!wish.writes()) return std::make_unique<capture::LivePrinter>(output, wish.form, wish.interface, link);
  capture::FileWriterOptions options;
  options.format = capture::format_of(wish.path);
  options.interface = wish.interface;
  options.linktype = wire::pcap_of_link_type(link);
  options.application = std::string("holter ") + kVersion;
  options.os = "Linux";
  return std::make_unique<capture::FileWriter>(output, std::move(options));
}

// Shows how a recording goes, on standard error when that is a terminal.
class Status {
 public:
  explicit Status(const Wish& wish) : screen_(error_screen()), interface_(wish.shown_interface) {
    if (!wish.writes()) screen_.reset();
  }
  void show(const capture::RecordingFigures& figures) {
    if (screen_) draw_error(line_.draw(status_text(figures, before_, interface_), *screen_));
    before_ = figures;
  }
  void clear() { draw_error(line_.clear()); }

 private:
  std::optional<term::Screen> screen_;
  std::string interface_;
  term::StatusLine line_;
  capture::RecordingFigures before_;
};

// The second signal has its usual effect again: it ends the program wherever it is.
env::Task<void> until_interrupted(env::Env env) {
  const auto signals = env_linux::Signals::create(env.executor, {SIGINT, SIGTERM});
  if (signals) co_await (*signals)->next();
}

env::Task<void> until_told(env::Env env, std::optional<base::Duration> duration) {
  using boost::asio::experimental::awaitable_operators::operator||;
  auto interrupted = until_interrupted(env);
  if (!duration) {
    co_await std::move(interrupted);
    co_return;
  }
  auto over = env.clock.sleep_for(*duration);
  co_await (std::move(interrupted) || std::move(over));
}

int conclude(const capture::LiveOutcome& outcome, const Wish& wish) {
  const bool nobody_reads = !outcome.sink && outcome.sink.error().kind == base::ErrorKind::closed;
  if (nobody_reads && !wish.writes()) return kDone;
  if (!outcome.source) print_error("the capture ended: " + outcome.source.error().message + '\n');
  if (!outcome.sink && !nobody_reads) print_error("the capture ended: " + outcome.sink.error().message + '\n');
  if (nobody_reads) print_error("the capture ended: nobody reads its output any more\n");
  print_error(figures_text(outcome.figures, wish.shown_interface, wish.destination));
  return outcome.source && (outcome.sink || nobody_reads) ? kDone : kFailed;
}

env::Task<void> capture_main(env::Env env, Wish wish, env::OutputStream& output, int& code) {
  env::FrameOptions options;
  options.interface = wish.interface;
  auto source = env.frames.open(options);
  if (!source) co_return print_error(source.error().message + '\n');
  const auto link = wire::link_type_of_arphrd((*source)->hardware_type());
  const auto sink = make_sink(wish, link, output);
  Status status(wish);
  const auto observe = [&status](const capture::RecordingFigures& figures) { status.show(figures); };
  capture::LiveCapture live(env, **source, *sink, {wish.count, wish.filter, link, wish.interface}, observe);
  auto told = until_told(env, wish.duration);
  const auto outcome = co_await live.run(std::move(told));
  status.clear();
  code = conclude(outcome, wish);
}

}  // namespace

cli::Command capture_words() {
  auto interface = cli::interface_option("Where to capture");
  interface.required = true;
  return {
      .words = "capture",
      .purpose = cli::Purpose::files,
      .summary = "Record or show what passes an interface",
      .about =
          "Shows one packet a line, or records them with --write: as pcapng, or as classic pcap when the name ends "
          "in .pcap. Ends after --count packets, after --duration, or with Ctrl-C, and says on standard error how "
          "many packets the kernel received, how many were recorded and how many it dropped. A pcapng file holds "
          "the kernel's figures too. With --filter (docs/filters.md) only what it matches is shown or recorded and "
          "counts for --count; how many were left out is said at the end.\n\n"
          "holter-broker opens the socket; holter gives up root before it reads the first packet.",
      .operands = {{.name = "FILTER", .help = "The same as --filter", .required = false}},
      .options =
          {std::move(interface),
           cli::filter_option(),
           cli::count_option("End after N packets"),
           {.name = "--duration", .value = "DURATION", .help = "End after this time", .kind = cli::Kind::duration},
           cli::write_option("Record into this file; - for standard output"),
           {.name = "--force", .help = "Overwrite a file that is there"},
           cli::json_option("One JSON object a packet")},
      .examples = {{"holter capture -i lo -c 4", "Four packets, one a line"},
                   {"holter capture -i lo -c 4 --filter icmp", "Only what a filter matches"},
                   {"holter capture -i lo --duration 2s -w lo.pcapng", "Two seconds into a file"},
                   {"holter capture -i lo -c 4 -w - | holter read -", "Into another program, such as tcpdump -r -"}}};
}

int capture_command(const cli::Arguments& arguments) {
  Wish wish = wish_of(arguments);
  auto filter = packet_filter_of(arguments);
  if (!filter) {
    print_error(filter.error().message + '\n');
    return kUsage;
  }
  wish.filter = std::move(*filter);
  if (const std::string why = refusal(arguments, wish); !why.empty()) {
    print_error(why + '\n');
    return kUsage;
  }
  const auto broker = start_broker();
  if (!broker) {
    print_error(broker.error().message + ", or start holter as root\n");
    return kFailed;
  }
  env_linux::ignore_broken_pipes();
  // The file is opened as whoever asked for it.
  const auto output = open_output(wish, arguments.has("--force"));
  if (!output) {
    const bool exists = output.error().kind == base::ErrorKind::exists;
    print_error(output.error().message + (exists ? "; give --force to overwrite it, or another name\n" : "\n"));
    return kUsage;
  }

  // From here on this process has no capability and is not root.
  const auto dropped = env_linux::drop_privileges();
  const auto log = env_linux::make_stderr_log(env::LogLevel::warn);
  env_linux::LoopOptions options;
  options.make_frames = [source = broker->get()](boost::asio::any_io_executor executor) {
    return std::make_unique<env_linux::Frames>(std::move(executor), source);
  };
  auto loop = dropped ? env_linux::Loop::create(*log, options) : dropped.error();
  if (!loop) {
    print_error(loop.error().message + '\n');
    return kFailed;
  }
  int code = kFailed;
  (*loop)->run(capture_main((*loop)->env(), wish, **output, code));
  return code;
}

}  // namespace holter::app
