#include "app/probe_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "api/findings_json.h"
#include "app/local_time.h"
#include "base/json_writer.h"

namespace holter::app {
namespace {

using record::Outcome;

std::string in_words(std::string_view name) {
  std::string words(name);
  std::ranges::replace(words, '_', ' ');
  return words;
}

std::string ms_text(base::Duration d) { return fmt::format("{:.3f} ms", base::milliseconds(d)); }

// "(connect 1.200 ms, first byte 3.400 ms)", or nothing where one phase is all there was.
std::string phases_text(const record::ProbeResult& result) {
  std::string text;
  int timed = 0;
  for (std::size_t i = 0; i < record::kPhaseCount; ++i) {
    if (!result.phases[i]) continue;
    text += ++timed == 1 ? "" : ", ";
    text += in_words(to_string(static_cast<record::Phase>(i))) + ' ' + ms_text(*result.phases[i]);
  }
  return timed > 1 ? '(' + text + ')' : "";
}

// Behind the rest of the line; further lines of it, one an expectation, below.
std::string detail_text(const base::UntrustedText& detail) {
  std::string text;
  std::istringstream lines(detail.raw());
  for (std::string line; std::getline(lines, line);) {
    text += (text.empty() ? "  " : "\n   ") + base::UntrustedText(line).for_terminal();
  }
  return text;
}

// "timeout in first byte"; what never was sent has no phase.
std::string failure_text(const record::ProbeResult& result) {
  const std::string outcome = in_words(to_string(result.outcome));
  return result.outcome == Outcome::skipped ? outcome : outcome + " in " + in_words(to_string(result.failed_in));
}

// "0.412 ms  (connect 0.100 ms, first byte 0.312 ms)"
std::string times_text(const record::ProbeResult& result, const term::Screen& screen) {
  std::string text = term::toned(screen, term::Tone::good, result.rtt ? ms_text(*result.rtt) : "silent");
  const std::string phases = phases_text(result);
  return phases.empty() ? text : text + "  " + term::toned(screen, term::Tone::faint, phases);
}

std::string json_text(const record::ProbeResult& result, bool with_name) {
  const bool ok = result.outcome == Outcome::ok;
  base::JsonWriter json;
  json.begin_object();
  if (with_name) json.member("probe", result.probe);
  json.member("kind", to_string(result.kind)).member("target", result.target);
  json.member("address", result.address).member("at", result.started).member("outcome", to_string(result.outcome));
  json.member("failed_in", ok ? std::nullopt : std::optional(to_string(result.failed_in)));
  json.member("rtt_ms", base::milliseconds(result.rtt)).member("kernel_stamped", result.kernel_stamped);
  json.member("detail", result.detail).key("phases_ms").begin_object();
  for (std::size_t i = 0; i < record::kPhaseCount; ++i) {
    json.member(to_string(static_cast<record::Phase>(i)), base::milliseconds(result.phases[i]));
  }
  json.end_object();
  api::write_findings(json, result);
  json.end_object();
  return json.take();
}

base::Duration absolute(base::Duration d) { return d < base::Duration::zero() ? base::Duration::zero() - d : d; }

}  // namespace

std::string probe_line(std::uint64_t number, const record::ProbeResult& result, const term::Screen& screen) {
  std::string line = fmt::format("{}  {}  ", number, result.address.empty() ? "-" : result.address);
  line += result.outcome == Outcome::ok ? times_text(result, screen)
                                        : term::toned(screen, term::Tone::bad, failure_text(result));
  return line + detail_text(result.detail) + '\n';
}

std::string listed_line(const record::ProbeResult& result, const term::Screen& screen) {
  const bool ok = result.outcome == Outcome::ok;
  std::string line = fmt::format("{}  {}  {}  ", dated_time(result.started),
                                 base::UntrustedText(result.probe).for_terminal(), to_string(result.kind));
  line += term::toned(screen, ok ? term::Tone::good : term::Tone::bad, ok ? "ok" : failure_text(result));
  if (!result.address.empty()) line += "  " + result.address;
  if (ok) line += "  " + times_text(result, screen);
  return line + detail_text(result.detail) + '\n';
}

std::string probe_json(const record::ProbeResult& result) { return json_text(result, false); }
std::string listed_json(const record::ProbeResult& result) { return json_text(result, true); }

void ProbeSeries::add(const record::ProbeResult& result) {
  ++sent_;
  const bool answered = result.outcome == Outcome::ok || result.outcome == Outcome::unexpected;
  if (result.outcome == Outcome::ok) ++as_expected_;
  if (result.outcome == Outcome::ok && !result.rtt) ++silent_;
  if (!answered || !result.rtt) return;
  if (rtts_.size() == kMaxSamples) rtts_.erase(rtts_.begin());
  ++answered_;
  rtts_.push_back(*result.rtt);
}

std::string ProbeSeries::summary() const {
  const std::uint64_t lost = sent_ - answered_ - silent_;
  const double ratio = sent_ == 0 ? 0.0 : static_cast<double>(lost) / static_cast<double>(sent_);
  std::string text = fmt::format("{} sent, {} answered, {} lost ({:.1f} %)", sent_, answered_, lost, ratio * 100);
  if (silent_ > 0) text += fmt::format(", {} silent as expected", silent_);
  const std::uint64_t otherwise = answered_ + silent_ - as_expected_;
  if (otherwise > 0) text += fmt::format(", {} not as expected", otherwise);
  text += '\n';
  if (rtts_.empty()) return text;
  std::vector<base::Duration> sorted = rtts_;
  std::ranges::sort(sorted);
  text += fmt::format("rtt min {}, median {}, max {}", ms_text(sorted.front()), ms_text(sorted[sorted.size() / 2]),
                      ms_text(sorted.back()));
  if (rtts_.size() < 2) return text + '\n';
  base::Duration changes;
  for (std::size_t i = 1; i < rtts_.size(); ++i) changes += absolute(rtts_[i] - rtts_[i - 1]);
  const auto jitter = changes / static_cast<std::int64_t>(rtts_.size() - 1);
  return text + fmt::format(", jitter {} (mean change from one to the next)\n", ms_text(jitter));
}

}  // namespace holter::app
