// A ring in a vector, frames to record in it, and what a freeze of it holds: for the tests of the recorder.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "recorder/freeze.h"
#include "recorder/writer.h"
#include "wire/file/capture_file.h"
#include "wire/test_frames.h"

namespace holter::recorder::test {

using wire::test::FrameBytes;
using wire::test::kA4;
using wire::test::kB4;

inline const base::IpAddress kC4 = base::IpAddress::v4({192, 0, 2, 77});

inline base::PacketTime at(double seconds) {
  return base::PacketTime::from_nanoseconds(1'700'000'000'000'000'000 + static_cast<std::int64_t>(seconds * 1e9));
}

inline Options small_options() {
  Options options;
  options.bytes = 1 << 20;
  options.reserve = 256 << 10;
  return options;
}

struct Memory {
  explicit Memory(const Options& options = small_options())
      : layout(*layout_of(options)), horizon(options.horizon), words(layout.words()) {}

  Ring make(double now = 0) { return Ring::make(std::span(words).first(layout.words()), layout, horizon, at(now)); }
  base::Result<Ring> adopt(double now, Adopted& adopted) {
    return Ring::adopt(words, layout, horizon, at(now), adopted);
  }

  Layout layout;
  base::Duration horizon;
  std::vector<std::uint64_t> words;
};

// A small ring that eth0 is recorded into from the beginning.
struct Recording : ::testing::Test {
  Recording() { writer.begin_source("eth0", wire::LinkType::ethernet, at(0)); }

  Memory memory;
  Ring ring = memory.make();
  Writer writer{ring};
};

inline void record(Writer& writer, const FrameBytes& bytes, double when) {
  Frame frame;
  frame.captured_at = at(when);
  frame.bytes = bytes;
  frame.original_length = static_cast<std::uint32_t>(bytes.size());
  writer.record(frame, wire::decode(bytes, frame.original_length, wire::LinkType::ethernet));
}

// A frame that can be told from others.
inline FrameBytes numbered(std::uint32_t number, const base::IpAddress& from = kA4, const base::IpAddress& to = kB4) {
  return wire::test::udp_frame({from, 1'000}, {to, 2'000}, std::to_string(number));
}

struct Frozen {
  std::vector<FrameBytes> frames;
  std::vector<double> seconds;
  std::uint64_t missed = 0;
  std::vector<std::uint8_t> file;
};

inline Frozen read_back(std::vector<std::uint8_t> file) {
  Frozen frozen;
  frozen.file = std::move(file);
  wire::CaptureFileReader reader;
  reader.feed(frozen.file);
  for (auto frame = reader.next(); frame.value(); frame = reader.next()) {
    frozen.frames.emplace_back((*frame)->bytes.begin(), (*frame)->bytes.end());
    frozen.seconds.push_back((*(*frame)->captured_at - at(0)).in_seconds());
  }
  EXPECT_TRUE(reader.finish());
  return frozen;
}

inline Frozen freeze(const Ring& ring, FreezeWish wish, base::PacketTime now, const Comment& comment = {}) {
  Freeze freeze(std::move(wish));
  freeze.set_comment(comment);
  base::ByteWriter out;
  std::vector<std::uint8_t> file;
  freeze.begin(out, "test", "");
  freeze.collect({&ring, 1}, now);
  while (freeze.write(base::PacketTime::max(), out)) {
    file.insert(file.end(), out.view().begin(), out.view().end());
    out.clear();
  }
  freeze.end(out);
  file.insert(file.end(), out.view().begin(), out.view().end());
  Frozen frozen = read_back(std::move(file));
  EXPECT_EQ(frozen.frames.size(), freeze.frames());
  frozen.missed = freeze.missed_blocks();
  return frozen;
}

inline Frozen freeze_all(const Ring& ring, double now) {
  return freeze(ring, {{}, base::PacketTime(), base::PacketTime::max()}, at(now));
}

}  // namespace holter::recorder::test
