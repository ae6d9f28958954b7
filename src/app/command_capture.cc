// `holter capture`: records or shows what passes an interface.
#include <csignal>

#include "app/capture_text.h"
#include "app/capture_view.h"
#include "app/commands.h"
#include "app/packet_filter_option.h"
#include "app/terminal.h"
#include "app/version.h"
#include "base/untrusted_text.h"
#include "capture/file_writer.h"
#include "capture/kernel_program.h"
#include "capture/live_capture.h"
#include "cli/common_options.h"
#include "env/linux/broker_client.h"
#include "env/linux/file_series.h"
#include "env/linux/frames.h"
#include "env/linux/log.h"
#include "env/linux/loop.h"
#include "env/linux/privileges.h"
#include "env/linux/signals.h"
#include "env/linux/streams.h"
#include "filter/kernel_filter.h"

namespace holter::app {
namespace {

using capture::RecordingFigures;

std::string shown(const std::string& text) { return base::UntrustedText(text).for_terminal(); }

base::Result<std::unique_ptr<env_linux::BrokerClient>> start_broker() {
  const auto path = env_linux::find_broker();
  if (!path) return path.error();
  return env_linux::BrokerClient::start(*path);
}

// Where it goes, opened as whoever asked for it.
struct Output {
  std::unique_ptr<env::OutputStream> one;
  std::unique_ptr<env_linux::FileSeries> files;
};

env_linux::Existing existing(const CaptureWish& wish) {
  return wish.force ? env_linux::Existing::overwrite : env_linux::Existing::refuse;
}

base::Result<void> start_files(const CaptureWish& wish, Output& output) {
  if (!wish.rotates()) return {};
  auto files = env_linux::FileSeries::start({wish.path, wish.files, existing(wish)});
  if (!files) return files.error();
  output.files = std::move(*files);
  return {};
}

base::Result<void> open_one(const CaptureWish& wish, Output& output) {
  if (!wish.writes() || wish.path == "-") output.one = env_linux::standard_output();
  if (wish.rotates() || output.one) return {};
  auto one = env_linux::open_output(wish.path, existing(wish));
  if (!one) return one.error();
  output.one = std::move(*one);
  return {};
}

struct Opened {
  std::vector<std::unique_ptr<env::FrameSource>> sources;
  std::vector<capture::LiveInterface> interfaces;
};

base::Result<Opened> open_sources(env::Env env, const CaptureWish& wish) {
  Opened opened;
  env::FrameOptions options = wish.frames;
  if (wish.filter)
    options.kernel_filter = capture::kernel_program(filter::kernel_filter(wish.filter->checked()).program);
  for (const std::string& interface : wish.interfaces) {
    options.interface = interface;
    auto source = env.frames.open(options);
    if (!source) return source.error();
    opened.interfaces.push_back({interface, wire::link_type_of_arphrd((*source)->hardware_type())});
    opened.sources.push_back(std::move(*source));
    if (!wish.writes() || capture::format_of(wish.path) == capture::FileFormat::pcapng) continue;
    if (opened.interfaces.back().link == opened.interfaces.front().link) continue;
    return base::Error{base::ErrorKind::invalid, shown(wish.interfaces.front()) + " and " + shown(interface) +
                                                     " have different links, and a .pcap holds one kind: name the "
                                                     "file .pcapng"};
  }
  return opened;
}

std::unique_ptr<capture::FrameSink> make_writer(const CaptureWish& wish, const Opened& opened,
                                                env::OutputSeries& output, base::WallTime now) {
  capture::FileWriterOptions options;
  options.format = capture::format_of(wish.path);
  options.interfaces.clear();
  for (const auto& [name, link] : opened.interfaces) {
    options.interfaces.push_back({name, wire::pcap_of_link_type(link)});
  }
  options.snaplen = wish.frames.snaplen;
  options.application = std::string("holter ") + kVersion;
  options.os = "Linux";
  options.rotation = wish.rotation;
  options.begun = now;
  return std::make_unique<capture::FileWriter>(output, std::move(options));
}

std::string destination_of(const CaptureWish& wish, const Output& output) {
  if (!output.files) return wish.destination;
  const std::uint32_t files = output.files->files();
  const std::string kept =
      wish.files != 0 && files > wish.files ? ", of which the newest " + std::to_string(wish.files) + " are kept" : "";
  return std::to_string(files) + (files == 1 ? " file" : " files") + " beside " + wish.destination + kept;
}

std::string all_figures(std::span<const RecordingFigures> figures, const CaptureWish& wish, const Output& output) {
  std::string text;
  for (std::size_t i = 0; i < figures.size(); ++i) {
    text += figures_text(figures[i], shown(wish.interfaces[i]), destination_of(wish, output),
                         wish.flows ? "counted" : "shown");
  }
  return text;
}

// The second SIGINT has its usual effect again: it ends the program wherever it is.
env::Task<void> until_interrupted(std::unique_ptr<env_linux::Signals> signals, std::function<void()> asked) {
  for (;;) {
    const auto number = co_await signals->next();
    if (!number || *number != SIGUSR1) co_return;
    asked();
  }
}

env::Task<void> until_over(env::Env env, std::optional<base::Duration> duration) {
  env::Signal never(env.executor);
  if (!duration) co_await never.wait();
  co_await env.clock.sleep_for(duration.value_or(base::Duration::zero()));
}

env::Task<void> until_told(env::Env env, std::unique_ptr<env_linux::Signals> signals, std::function<void()> asked,
                           std::optional<base::Duration> duration, CaptureView& view) {
  using boost::asio::experimental::awaitable_operators::operator||;
  auto interrupted = until_interrupted(std::move(signals), std::move(asked));
  auto over = until_over(env, duration);
  auto left = view.until_left();
  co_await (std::move(interrupted) || std::move(over) || std::move(left));
}

int conclude(const capture::LiveOutcome& outcome, const CaptureWish& wish, const Output& output) {
  const bool nobody_reads = !outcome.sink && outcome.sink.error().kind == base::ErrorKind::closed;
  if (nobody_reads && !wish.writes()) return kDone;
  bool sources_lived = true;
  for (const auto& source : outcome.sources) {
    sources_lived &= source.has_value();
    if (!source) print_error("the capture ended: " + source.error().message + '\n');
  }
  if (!outcome.sink && !nobody_reads) print_error("the capture ended: " + outcome.sink.error().message + '\n');
  if (nobody_reads) print_error("the capture ended: nobody reads its output any more\n");
  print_error(all_figures(outcome.figures, wish, output));
  return sources_lived && (outcome.sink || nobody_reads) ? kDone : kFailed;
}

env::Task<void> capture_main(env::Env env, CaptureWish wish, Output& output, int& code) {
  auto signals = env_linux::Signals::create(env.executor, {SIGINT, SIGTERM, SIGUSR1});
  if (!signals) co_return print_error(signals.error().message + '\n');
  auto opened = open_sources(env, wish);
  if (!opened) co_return print_error(opened.error().message + '\n');
  CaptureView view(wish, env.executor);
  std::optional<env::OneOutput> one;
  if (output.one) one.emplace(*output.one);
  std::unique_ptr<capture::FrameSink> sink = view.watch(opened->interfaces, env.random.next());
  if (wish.writes()) {
    env::OutputSeries& files = output.files ? static_cast<env::OutputSeries&>(*output.files) : *one;
    sink = make_writer(wish, *opened, files, env.clock.wall_now());
  } else if (!sink) {
    const auto form = wish.json ? capture::PrintForm::json : capture::PrintForm::words;
    sink = std::make_unique<capture::LivePrinter>(*output.one, form, opened->interfaces);
  }
  std::vector<capture::LiveSource> sources;
  for (std::size_t i = 0; i < opened->sources.size(); ++i) {
    const auto& [name, link] = opened->interfaces[i];
    sources.push_back({*opened->sources[i], {wish.filter, link, name}});
  }
  const auto observe = [&](std::span<const RecordingFigures> figures) { view.show(figures, env.clock.wall_now()); };
  capture::LiveCapture live(env, std::move(sources), wish.count, *sink, observe);
  const auto asked = [&] { view.interrupt(all_figures(live.read_now(), wish, output)); };
  auto told = until_told(env, std::move(*signals), asked, wish.duration, view);
  const auto outcome = co_await live.run(std::move(told));
  view.end();
  code = conclude(outcome, wish, output);
}

}  // namespace

cli::Command capture_words() {
  auto interface = cli::interface_option("Where to capture; may be given several times");
  interface.required = true;
  interface.repeats = true;
  return {
      .words = "capture",
      .purpose = cli::Purpose::files,
      .summary = "Record or show what passes an interface",
      .about =
          "Shows one packet a line, or records them with --write: as pcapng, or as classic pcap when the name ends "
          "in .pcap. With --flows it shows the conversations that move most, once a second, until q is pressed; "
          "without a terminal all of them at the end. Ends after --count packets, after --duration, or with Ctrl-C, "
          "and says on standard error how many packets the kernel received, how many were recorded and how many it "
          "dropped; SIGUSR1 makes it say so at once and go on. A pcapng file holds the kernel's figures too. With "
          "--filter (docs/filters.md) only what it matches is shown or recorded and counts for --count; how many were "
          "left out is said at the end, and what the kernel can refuse by itself it refuses before it is copied.\n\n"
          "With --rotate-size or --rotate-time the recording goes on in the next file: out.pcapng becomes "
          "out_00001_20260301T120000Z.pcapng and so on. --files keeps the newest ones of this recording.\n\n"
          "holter-broker opens the socket; holter gives up root before it reads the first packet.",
      .operands = {{.name = "FILTER", .help = "The same as --filter", .required = false}},
      .options =
          {std::move(interface),
           cli::filter_option(),
           cli::count_option("End after N packets"),
           {.name = "--duration", .value = "DURATION", .help = "End after this time", .kind = cli::Kind::duration},
           cli::write_option("Record into this file; - for standard output"),
           {.name = "--force", .help = "Overwrite a file that is there"},
           {.name = "--rotate-size",
            .letter = 'C',
            .value = "SIZE",
            .help = "The next file before one is larger than this",
            .kind = cli::Kind::size},
           {.name = "--rotate-time",
            .letter = 'G',
            .value = "DURATION",
            .help = "The next file after this time, by the packets' stamps",
            .kind = cli::Kind::duration},
           {.name = "--files",
            .letter = 'W',
            .value = "N",
            .help = "Keep the newest N files of a rotation",
            .kind = cli::Kind::count},
           {.name = "--flows", .help = "Show conversations, the busiest first, instead of packets"},
           {.name = "--no-promiscuous", .help = "Only what is for this host"},
           {.name = "--snaplen", .value = "N", .help = "Bytes kept of each packet", .kind = cli::Kind::count},
           {.name = "--ring",
            .letter = 'B',
            .value = "SIZE",
            .help = "Room for what is not read yet, of each interface: 16MiB",
            .kind = cli::Kind::size},
           cli::json_option("One JSON object a packet, or a conversation")},
      .examples = {{"holter capture -i lo -c 4", "Four packets, one a line"},
                   {"holter capture -i lo -c 4 --filter icmp", "Only what a filter matches"},
                   {"holter capture -i lo --duration 2s -w lo.pcapng", "Two seconds into a file"},
                   {"holter capture -i lo --duration 2s -w ring.pcapng -C 64MiB -W 10", "The newest ten files"},
                   {"holter capture -i lo --duration 2s --flows", "Who talks to whom"},
                   {"holter capture -i lo -c 4 -w - | holter read -", "Into another program, such as tcpdump -r -"}}};
}

int capture_command(const cli::Arguments& arguments) {
  CaptureWish wish = capture_wish_of(arguments);
  auto filter = packet_filter_of(arguments);
  if (!filter) {
    print_error(filter.error().message + '\n');
    return kUsage;
  }
  wish.filter = std::move(*filter);
  if (const std::string why = capture_refusal(arguments, wish); !why.empty()) {
    print_error(why + '\n');
    return kUsage;
  }
  Output output;
  // First of all, while nothing is open that the process which opens files must not hold.
  if (const auto started = start_files(wish, output); !started) {
    print_error(started.error().message + '\n');
    return kFailed;
  }
  const auto broker = start_broker();
  if (!broker) {
    print_error(broker.error().message + ", or start holter as root\n");
    return kFailed;
  }
  if (const auto opened = open_one(wish, output); !opened) {
    const bool exists = opened.error().kind == base::ErrorKind::exists;
    print_error(opened.error().message + (exists ? "; give --force to overwrite it, or another name\n" : "\n"));
    return kUsage;
  }
  env_linux::ignore_broken_pipes();

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
  (*loop)->run(capture_main((*loop)->env(), wish, output, code));
  return code;
}

}  // namespace holter::app
