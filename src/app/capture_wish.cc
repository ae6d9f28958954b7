#include "app/capture_wish.h"

#include <algorithm>

#include "app/terminal.h"
#include "base/units.h"
#include "base/untrusted_text.h"
#include "env/linux/host.h"
#include "env/linux/packet_ring.h"

namespace holter::app {
namespace {

constexpr std::uint64_t kLeastFileBytes = 64 * 1024;
constexpr base::Duration kLeastFileTime = base::Duration::seconds(1);
constexpr std::size_t kMostInterfaces = 16;

std::string shown(const std::string& text) { return base::UntrustedText(text).for_terminal(); }

std::uint64_t size_of(const cli::Arguments& arguments, const char* option, std::uint64_t fallback) {
  return base::parse_size(arguments.text(option)).value_or(fallback);
}

std::string wrong_rotation(const cli::Arguments& arguments, const CaptureWish& wish) {
  if (!wish.rotates())
    return wish.files == 0 ? "" : "--files keeps the newest of several: give --rotate-size or --rotate-time too";
  if (!wish.writes() || wish.path == "-") return "--rotate-size and --rotate-time are for files: name one with --write";
  if (arguments.has("--rotate-size") && wish.rotation.bytes < kLeastFileBytes) {
    return "--rotate-size: a file holds at least " + base::size_text(kLeastFileBytes);
  }
  if (arguments.has("--rotate-time") && wish.rotation.time < kLeastFileTime) {
    return "--rotate-time: a file lasts at least " + to_string(kLeastFileTime);
  }
  return "";
}

std::string wrong_output(const cli::Arguments& arguments, const CaptureWish& wish) {
  if (wish.writes() && wish.json) return "--json shows packets and --write records them: give one of them";
  if (wish.writes() && wish.flows) return "--flows shows conversations and --write records packets: give one of them";
  if (wish.path == "-" && output_is_terminal()) {
    return "--write -: a capture file does no good on a terminal; pipe it into a program, or name a file";
  }
  return wrong_rotation(arguments, wish);
}

std::string unknown_interface(const CaptureWish& wish) {
  if (wish.interfaces.size() > kMostInterfaces) {
    return "--interface: at most " + std::to_string(kMostInterfaces) + " at once";
  }
  const auto there = env_linux::Host().interfaces();
  if (!there) return "";
  std::string names;
  for (const auto& interface : *there) names += (names.empty() ? "" : ", ") + shown(interface.name);
  for (auto wanted = wish.interfaces.begin(); wanted != wish.interfaces.end(); ++wanted) {
    if (std::ranges::find(*there, *wanted, [](const auto& interface) { return interface.name; }) == there->end()) {
      return "there is no interface " + shown(*wanted) + "; there are: " + names;
    }
    if (std::find(wish.interfaces.begin(), wanted, *wanted) != wanted) {
      return "--interface " + shown(*wanted) + " is given twice";
    }
  }
  return "";
}

}  // namespace

CaptureWish capture_wish_of(const cli::Arguments& arguments) {
  CaptureWish wish;
  wish.interfaces = arguments.texts("--interface");
  wish.path = arguments.text("--write");
  wish.destination = wish.path == "-" ? "standard output" : shown(wish.path);
  wish.rotation.bytes = size_of(arguments, "--rotate-size", 0);
  wish.rotation.time = arguments.duration("--rotate-time").value_or(base::Duration::zero());
  wish.files = static_cast<std::size_t>(arguments.count("--files", 0));
  wish.count = arguments.count("--count", 0);
  wish.duration = arguments.duration("--duration");
  wish.frames.promiscuous = !arguments.has("--no-promiscuous");
  wish.frames.ring_bytes = static_cast<std::size_t>(size_of(arguments, "--ring", wish.frames.ring_bytes));
  wish.frames.snaplen = static_cast<std::uint32_t>(std::min<std::uint64_t>(
      arguments.count("--snaplen", env_linux::kMaxSnaplen), std::uint64_t{env_linux::kMaxSnaplen} + 1));
  wish.flows = arguments.has("--flows");
  wish.json = arguments.has("--json");
  wish.force = arguments.has("--force");
  return wish;
}

std::string capture_refusal(const cli::Arguments& arguments, const CaptureWish& wish) {
  if (arguments.has("--count") && wish.count == 0) return "--count: 0 packets are none; at least 1";
  if (arguments.has("--files") && wish.files == 0) return "--files: 0 files are none; at least 1";
  if (wish.frames.snaplen == 0 || wish.frames.snaplen > env_linux::kMaxSnaplen) {
    return "--snaplen: from 1 to " + std::to_string(env_linux::kMaxSnaplen) + " bytes";
  }
  if (wish.frames.ring_bytes < env_linux::kMinRingBytes || wish.frames.ring_bytes > env_linux::kMaxRingBytes) {
    return "--ring: from " + base::size_text(env_linux::kMinRingBytes) + " to " +
           base::size_text(env_linux::kMaxRingBytes);
  }
  if (std::string wrong = wrong_output(arguments, wish); !wrong.empty()) return wrong;
  return unknown_interface(wish);
}

}  // namespace holter::app
