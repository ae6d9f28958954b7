// What somebody wants of `holter capture`, and why it cannot be had.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "capture/file_writer.h"
#include "capture/packet_printer.h"
#include "cli/arguments.h"
#include "env/frames.h"
#include "filter/packet_filter.h"

namespace holter::app {

struct CaptureWish {
  std::vector<std::string> interfaces;
  std::string path;         // empty: nothing is written
  std::string destination;  // the path as it may be shown
  capture::Rotation rotation;
  std::size_t files = 0;  // that are kept; 0: all
  std::uint64_t count = 0;
  std::optional<filter::PacketFilter> filter;
  std::optional<base::Duration> duration;
  env::FrameOptions frames;  // without an interface
  bool flows = false;
  bool json = false;
  bool force = false;

  bool writes() const { return !path.empty(); }
  bool rotates() const { return rotation.bytes != 0 || rotation.time > base::Duration::zero(); }
};

// Without the filter.
CaptureWish capture_wish_of(const cli::Arguments& arguments);

// Why it is no sensible wish on this host, as a sentence; empty: it can be tried.
std::string capture_refusal(const cli::Arguments& arguments, const CaptureWish& wish);

}  // namespace holter::app
