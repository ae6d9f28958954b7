// What a terminal shows while `holter capture` runs: a status line while it writes, a table of the conversations that
// move most with --flows, else nothing. And the conversations at the end, when there was no terminal to show them on.
// One loop.
#pragma once

#include <optional>

#include "app/capture_wish.h"
#include "app/flow_choice.h"
#include "capture/flow_watch.h"
#include "env/linux/key_presses.h"
#include "term/live_table.h"
#include "term/status_line.h"

namespace holter::app {

inline constexpr std::size_t kMostFlowsAtTheEnd = 1'000;  // with the most bytes

class CaptureView {
 public:
  CaptureView(const CaptureWish& wish, const boost::asio::any_io_executor& executor);

  // Those that --flows shows; no sink else. `seed` is random.
  std::unique_ptr<capture::FlowWatch> watch(std::vector<capture::LiveInterface> interfaces, std::uint64_t seed);
  // Once a second.
  void show(std::span<const capture::RecordingFigures> figures, base::WallTime now);
  // Somebody pressed q, where there is a table to leave.
  env::Task<void> until_left();
  // The figures as they are asked for while it runs.
  void interrupt(const std::string& text);
  void end();

 private:
  void draw_flows(base::WallTime now);

  bool flows_;
  bool json_;
  std::string interfaces_;              // as they may be shown
  std::optional<term::Screen> screen_;  // of the status line
  term::StatusLine line_;
  std::optional<capture::RecordingFigures> before_;
  std::optional<env_linux::KeyPresses> keys_;  // of the table
  term::LiveTable table_;
  capture::FlowWatch* watch_ = nullptr;
  FlowChoice most_;
  env::Signal never_;
};

// Of all of them: what can be added up.
capture::RecordingFigures sum_of(std::span<const capture::RecordingFigures> figures);

}  // namespace holter::app
