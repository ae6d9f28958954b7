#include "heartbeat/job.h"

#include <fmt/format.h>

#include <utility>

namespace holter::heartbeat {
namespace {

constexpr std::size_t kMaxWords = 200;  // bytes of the command that a report names
constexpr std::string_view kBetweenLines = " | ";

// The last of `text`, beginning with a whole character.
std::string_view last_bytes(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  text.remove_prefix(text.size() - most);
  while (!text.empty() && (static_cast<unsigned char>(text.front()) & 0xc0) == 0x80) text.remove_prefix(1);
  return text;
}

// What a terminal would show of each line: a carriage return begins it anew.
std::string in_one_line(std::string_view output) {
  std::string text;
  while (!output.empty()) {
    const auto end = std::min(output.find('\n'), output.size());
    std::string_view line = output.substr(0, end);
    output.remove_prefix(std::min(end + 1, output.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    line.remove_prefix(line.rfind('\r') + 1);
    if (line.empty()) continue;
    if (!text.empty()) text += kBetweenLines;
    text += line;
  }
  return text;
}

std::string first_bytes(std::string text, std::size_t most) {
  if (text.size() > most) text = text.substr(0, most) + "...";
  return text;
}

}  // namespace

Job::Job(env::Env env, JobOptions options, Beacon* beacon) : env_(env), options_(std::move(options)), beacon_(beacon) {}

env::Task<base::Result<env::ProgramEnd>> Job::run() {
  env::TaskGroup telling(env_.executor);
  if (beacon_ != nullptr) telling.spawn(report_start());
  env::ProgramOrder order;
  order.arguments = options_.arguments;
  order.on_output = options_.on_output;
  order.room_for_output = options_.room_for_output;
  order.on_start = [this](std::function<void(int)> signal) { signal_ = std::move(signal); };
  auto running = env_.programs.run(std::move(order));
  auto end = co_await std::move(running);
  signal_ = nullptr;
  // It was said once at least; what there is to say now is worth more.
  co_await telling.stop();
  co_return std::move(end);
}

env::Task<void> Job::report_start() {
  auto telling = beacon_->start("started: " + first_bytes(options_.words, kMaxWords));
  co_await std::move(telling);
}

env::Task<bool> Job::report(base::Result<env::ProgramEnd> end) {
  if (beacon_ == nullptr) co_return false;
  beacon_->fall_silent();
  if (end && end->succeeded()) {
    auto telling = beacon_->deliver(end_words(*end));
    const auto told = co_await std::move(telling);
    auto leaving = beacon_->leave();
    const auto left = co_await std::move(leaving);
    co_return told&& left;
  }
  auto telling = beacon_->fail(end ? end_words(*end) : first_bytes("not started: " + end.error().message, kMaxWords));
  const auto told = co_await std::move(telling);
  co_return told.has_value();
}

void Job::signal(int number) {
  if (signal_) signal_(number);
}

int exit_code_of(const base::Result<env::ProgramEnd>& end) {
  constexpr int kNotFound = 127;
  constexpr int kNotStarted = 126;
  constexpr int kBySignal = 128;
  if (!end) return end.error().kind == base::ErrorKind::not_found ? kNotFound : kNotStarted;
  return end->signal != 0 ? kBySignal + end->signal : end->exit_status;
}

std::string end_words(const env::ProgramEnd& end) {
  std::string text = fmt::format("{} after {}", to_string(end), to_string(end.run_time));
  const std::string output = in_one_line(end.output.raw());
  if (output.empty()) return text;
  text += ": ";
  return text + std::string(last_bytes(output, kMaxTextBytes - text.size()));
}

}  // namespace holter::heartbeat
