// `holter freeze`: saves the frames of the last seconds from a running holter's recorder.
#include <fmt/format.h>

#include <csignal>

#include "app/commands.h"
#include "app/freeze_desk.h"
#include "app/record_request.h"
#include "app/running_holter.h"
#include "app/terminal.h"
#include "base/untrusted_text.h"
#include "cli/common_options.h"
#include "env/linux/log.h"
#include "env/linux/loop.h"
#include "env/linux/signals.h"
#include "env/linux/streams.h"
#include "http/client.h"
#include "wire/file/capture_file.h"

namespace holter::app {
namespace {

constexpr base::Duration kHeadWithin = base::Duration::seconds(10);

std::string freeze_path(const cli::Arguments& arguments) {
  std::string hosts;
  for (const std::string& host : arguments.texts("--host")) hosts += (hosts.empty() ? "" : ",") + host;
  return "/api/v1/freeze?hosts=" + percent_encoded(hosts) + "&last=" + percent_encoded(arguments.text("--last")) +
         "&next=" + percent_encoded(arguments.text("--next"));
}

// Counts what goes through, and knows whether the file is whole: its statistics come last of all.
class Passing {
 public:
  base::Result<void> take(base::Bytes bytes) {
    reader_.feed(bytes);
    for (;;) {
      auto frame = reader_.next();
      if (!frame) return frame.error();
      if (!*frame) return {};
      ++frames_;
      const auto at = (*frame)->captured_at.value_or(base::PacketTime());
      if (frames_ == 1) first_ = at;
      latest_ = std::max(latest_, at);
    }
  }
  bool whole() const { return reader_.dropped().has_value(); }
  std::uint64_t frames() const { return frames_; }
  double seconds() const { return frames_ == 0 ? 0 : (latest_ - first_).in_seconds(); }

 private:
  wire::CaptureFileReader reader_;
  std::uint64_t frames_ = 0;
  base::PacketTime first_;
  base::PacketTime latest_;
};

struct Asking {
  std::string socket;
  std::string path;  // of the API
  std::string file;
  bool force = false;
  int code = kFailed;
};

// Only when there is something to save: nobody wants an empty file.
std::unique_ptr<env::OutputStream> open_output(Asking& asking) {
  if (asking.file == "-") return env_linux::standard_output();
  const auto existing = asking.force ? env_linux::Existing::overwrite : env_linux::Existing::refuse;
  auto output = env_linux::open_output(asking.file, existing);
  if (output) return std::move(*output);
  const bool exists = output.error().kind == base::ErrorKind::exists;
  print_error(output.error().message + (exists ? "; give --force to overwrite it, or another name\n" : "\n"));
  asking.code = kUsage;
  return nullptr;
}

void conclude(const Passing& passing, Asking& asking) {
  if (!passing.whole()) {
    print_error("the frames are not whole: holter ended, or the connection to it did\n");
    return;
  }
  print_error(fmt::format("{} {} of {:.1f} s to {}\n", passing.frames(), passing.frames() == 1 ? "frame" : "frames",
                          passing.seconds(),
                          asking.file == "-" ? "standard output" : base::UntrustedText(asking.file).for_terminal()));
  asking.code = kDone;
}

env::Task<void> pass_on(env::Env env, Asking& asking) {
  auto stream = co_await http::LocalStream::open(env, asking.socket, asking.path, kHeadWithin);
  if (!stream) {
    asking.code = explain_silence(stream.error(), asking.socket);
    co_return;
  }
  if ((*stream)->status() != 200) {
    const auto body = co_await (*stream)->rest();
    asking.code = explain_refusal((*stream)->status(), body ? *body : "");
    co_return;
  }
  const auto output = open_output(asking);
  if (!output) co_return;
  Passing passing;
  for (;;) {
    const auto piece = co_await (*stream)->next_piece();
    if (!piece || piece->empty()) break;
    const base::Bytes bytes(reinterpret_cast<const std::uint8_t*>(piece->data()), piece->size());
    if (const auto written = output->write_all(bytes); !written) {
      co_return print_error(written.error().message + '\n');
    }
    if (const auto taken = passing.take(bytes); !taken) co_return print_error(taken.error().message + '\n');
  }
  conclude(passing, asking);
}

env::Task<void> freeze_main(env::Env env, Asking& asking) {
  using boost::asio::experimental::awaitable_operators::operator||;
  const auto signals = env_linux::Signals::create(env.executor, {SIGINT, SIGTERM});
  if (!signals) co_return print_error(to_string(signals.error()) + '\n');
  auto passing = pass_on(env, asking);
  auto interrupted = (*signals)->next();
  const auto first = co_await (std::move(passing) || std::move(interrupted));
  if (first.index() == 1) print_error("interrupted; the file holds what had come\n");
}

}  // namespace

cli::Command freeze_words() {
  return {
      .words = "freeze",
      .purpose = cli::Purpose::look,
      .summary = "Save the frames of the last seconds",
      .about =
          "A running holter keeps the frames of the last seconds in memory (docs/recorder.md). This saves those from, "
          "to or about the hosts, or all, as pcapng in the order of time. Frames that were cut say how long they were. "
          "With --next it goes on saving what comes. A file that is not whole ends with exit code 1.",
      .options =
          {{.name = "--host",
            .value = "ADDRESS",
            .help = "Only frames with this address, in any layer; may be given several times",
            .repeats = true},
           {.name = "--last", .value = "DURATION", .help = "How far back; else 30s", .kind = cli::Kind::duration},
           {.name = "--next",
            .value = "DURATION",
            .help = "Go on for so long, at most 10m",
            .kind = cli::Kind::duration},
           [] {
             auto write = cli::write_option("Save into this file; - for standard output");
             write.required = true;
             return write;
           }(),
           {.name = "--force", .help = "Overwrite a file that is there"},
           cli::runtime_option()},
      .examples = {{"holter freeze --last 30s -w before.pcapng --force", "Everything of the last 30 seconds"},
                   {"holter freeze --host 127.0.0.1 -w - | holter read -", "What there was with a host"}}};
}

int freeze_command(const cli::Arguments& arguments) {
  for (const std::string& host : arguments.texts("--host")) {
    if (base::IpAddress::parse(host)) continue;
    print_error("--host " + base::UntrustedText(host).for_terminal() + " is not an address of IPv4 or IPv6\n");
    return kUsage;
  }
  const std::string path = arguments.text("--write");
  if (path == "-" && output_is_terminal()) {
    print_error("--write -: a capture file does no good on a terminal; pipe it into a program, or name a file\n");
    return kUsage;
  }
  env_linux::ignore_broken_pipes();
  const auto log = env_linux::make_stderr_log(env::LogLevel::error);
  auto loop = env_linux::Loop::create(*log);
  if (!loop) {
    print_error(to_string(loop.error()) + '\n');
    return kFailed;
  }
  Asking asking{control_socket_of(arguments), freeze_path(arguments), path, arguments.has("--force")};
  (*loop)->run(freeze_main((*loop)->env(), asking));
  return asking.code;
}

}  // namespace holter::app
