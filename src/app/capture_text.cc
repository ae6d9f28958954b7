#include "app/capture_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/units.h"
#include "describe/unknown_words.h"

namespace holter::app {
namespace {

std::string packets(std::uint64_t n) { return fmt::format("{} {}", n, n == 1 ? "packet" : "packets"); }

void add(std::string& text, std::uint64_t n, std::string_view what) {
  if (n != 0) text += fmt::format("{}{} {}", text.empty() ? "; " : ", ", n, what);
}

void line(std::string& text, std::uint64_t n, std::string_view what) { text += fmt::format("{:>10} {}\n", n, what); }

}  // namespace

std::string read_text(const capture::ReadFigures& figures) {
  std::string wrong;
  const std::string unknown = describe::unknown_words(figures.unknown);
  add(wrong, figures.filtered, "left out by the filter");
  add(wrong, figures.unknown.packets(), "not decoded (" + unknown + ")");
  add(wrong, figures.truncated, "cut inside a header");
  add(wrong, figures.malformed, "malformed");
  add(wrong, figures.bad_checksums, "with a bad checksum");
  add(wrong, figures.dropped.value_or(0), "dropped when they were captured, says the file");
  return packets(figures.packets) + " read" + wrong + '\n';
}

std::string figures_text(const capture::RecordingFigures& figures, const std::string& interface,
                         const std::string& destination, const std::string& done) {
  std::string text;
  const std::uint64_t refused = figures.kernel_refused.value_or(0);
  line(text, figures.kernel_packets + refused, "received by the kernel on " + interface);
  line(text, figures.recorded,
       destination.empty()
           ? done
           : "recorded in " + destination + " (" + base::size_text(figures.recorded_bytes) + " on the wire)");
  if (figures.cut != 0) line(text, figures.cut, "of them in part, because they were longer than the snaplen");
  if (const std::uint64_t left_out = figures.filtered + refused; left_out != 0) {
    line(text, left_out, "left out by the filter" + (refused != 0 ? fmt::format(", {} in the kernel", refused) : ""));
  }
  if (!figures.kernel_refused) text += "           more left out by the filter in the kernel: not counted\n";
  if (figures.unwritten != 0) line(text, figures.unwritten, "not written, because the output failed");
  if (figures.surplus != 0) line(text, figures.surplus, "arrived after the last one wanted");
  line(text, figures.kernel_drops, "dropped by the kernel for want of room in its ring");
  if (figures.missing != 0) line(text, figures.missing, "lost with the interface");
  return text;
}

std::string status_text(const capture::RecordingFigures& figures, const capture::RecordingFigures& before,
                        const std::string& interface) {
  const double seconds = std::max((figures.to - before.to).in_seconds(), 1e-3);
  const double rate = static_cast<double>(figures.recorded - before.recorded) / seconds;
  return fmt::format("{}: {}, {:.0f} a second, {}, {} dropped by the kernel", interface, packets(figures.recorded),
                     rate, base::size_text(figures.recorded_bytes), figures.kernel_drops);
}

}  // namespace holter::app
