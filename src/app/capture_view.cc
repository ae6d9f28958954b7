#include "app/capture_view.h"

#include <fmt/format.h>

#include "app/capture_text.h"
#include "app/flow_text.h"
#include "app/terminal.h"
#include "base/untrusted_text.h"

namespace holter::app {
namespace {

constexpr std::size_t kRowsAround = 4;  // the heading, the titles, and the cursor's own

std::string names_of(const CaptureWish& wish) {
  if (wish.interfaces.size() > 1) return std::to_string(wish.interfaces.size()) + " interfaces";
  return base::UntrustedText(wish.interfaces.front()).for_terminal();
}

// No line wider than the screen, so that none wraps. The text is plain ASCII but for what a table cut.
std::string cut_lines(std::string_view text, std::size_t width) {
  std::string cut;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    while (term::columns(line) >= width) line.remove_suffix(1);
    cut.append(line).append("\n");
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return cut;
}

}  // namespace

capture::RecordingFigures sum_of(std::span<const capture::RecordingFigures> figures) {
  capture::RecordingFigures sum = figures.front();
  for (const auto& one : figures.subspan(1)) {
    sum.kernel_packets += one.kernel_packets;
    sum.kernel_drops += one.kernel_drops;
    sum.recorded += one.recorded;
    sum.recorded_bytes += one.recorded_bytes;
  }
  return sum;
}

CaptureView::CaptureView(const CaptureWish& wish, const boost::asio::any_io_executor& executor)
    : flows_(wish.flows),
      json_(wish.json),
      interfaces_(names_of(wish)),
      most_(FlowOrder::bytes, kMostFlowsAtTheEnd),
      never_(executor) {
  if (wish.writes()) screen_ = error_screen();
  if (wish.flows && !wish.json && output_is_terminal()) keys_.emplace(executor);
}

std::unique_ptr<capture::FlowWatch> CaptureView::watch(std::vector<capture::LiveInterface> interfaces,
                                                       std::uint64_t seed) {
  if (!flows_) return nullptr;
  auto ended = [this](std::span<const record::FlowRecord> flows) {
    if (!keys_) most_.add(flows);
  };
  auto made = std::make_unique<capture::FlowWatch>(std::move(interfaces), seed, std::move(ended));
  watch_ = made.get();
  return made;
}

void CaptureView::show(std::span<const capture::RecordingFigures> figures, base::WallTime now) {
  const capture::RecordingFigures sum = sum_of(figures);
  const capture::RecordingFigures before = before_.value_or(capture::RecordingFigures{.from = {}, .to = sum.from});
  const std::string status = status_text(sum, before, interfaces_);
  before_ = sum;
  if (screen_) draw_error(line_.draw(status, *screen_));
  if (!keys_) return;
  const term::Screen screen{this_screen().width, false};
  const std::size_t rows = std::max(keys_->rows(), kRowsAround + 1) - kRowsAround;
  const auto busiest = watch_->busiest(rows, now);
  const std::string heading = fmt::format("{}; {} conversations\n", status, watch_->held());
  print(table_.draw(cut_lines(heading + busy_flow_text(busiest, screen), screen.width)));
}

env::Task<void> CaptureView::until_left() {
  if (!keys_) co_await never_.wait();
  for (;;) {
    auto pressing = keys_->next();
    const char key = co_await std::move(pressing);
    if (key == 'q' || key == 'Q') co_return;
  }
}

void CaptureView::interrupt(const std::string& text) {
  if (screen_) draw_error(line_.clear());
  print_error(text);
}

void CaptureView::end() {
  if (screen_) draw_error(line_.clear());
  if (keys_) return print(table_.end());
  if (flows_) print(flow_text(json_ ? FlowForm::json : FlowForm::table, most_.take(), list_screen(), true));
}

}  // namespace holter::app
