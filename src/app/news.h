// News is what the rivers send to the main loop: records above all, and what is worth showing beside them. One bounded
// box for all; what does not fit is counted, and the main loop turns the count into a Gap.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "api/figures.h"
#include "env/mailbox.h"
#include "heartbeat/blind_status.h"
#include "heartbeat/session_status.h"
#include "record/record.h"

namespace holter::app {

inline constexpr std::size_t kNewsCapacity = 65'536;

// Some of the heartbeat sessions as they are now, and who is expected no more and of whom nothing was recorded.
struct SessionNews {
  std::vector<heartbeat::SessionStatus> sessions;
  std::vector<std::string> gone = {};
};
// The blind times that last; empty: the hub sees.
struct BlindNews {
  std::vector<heartbeat::BlindStatus> blind;
};
// What a part counts of itself, since the start.
struct FigureNews {
  std::string part;
  std::vector<api::FigureFamily> families;
};
// A loss that the store has named by itself: to be shown.
struct GapNews {
  record::Gap gap;
};
// A standing trouble under a name of its own; an empty text ends it.
struct ProblemNews {
  std::string name;
  std::string text;
};
// What became of the capture on an interface: "capturing", "waiting", "off".
struct CaptureNews {
  std::string interface;
  std::string state;
  std::string why;
  std::size_t interface_number = 0;  // of those that are captured, whatever it is called now
};
// Who talks most on an interface now, also those of whom no record tells yet.
struct ConversationNews {
  std::vector<record::FlowRecord> conversations;
};
// A river has begun, or cannot.
struct StartNews {
  std::string river;
  std::string what;  // for the banner: what it does, or why it cannot
  bool failed = false;
};

// Records of an agent, stored already: to be shown.
struct RemoteNews {
  std::vector<record::NamedRecord> records;
};

// A mark in the queue: when it has been passed, all that was posted before it is durable.
struct FlushMark {};

using News = std::variant<record::Record, SessionNews, BlindNews, CaptureNews, ConversationNews, StartNews, RemoteNews,
                          FigureNews, ProblemNews, GapNews, FlushMark>;
using NewsBox = env::Mailbox<News>;

// The record of `count` pieces of news that found the box full.
record::Gap news_gap(std::uint64_t count, base::WallTime now);

// A river's end of the box, as the sink its parts write to.
class NewsSink final : public record::Sink {
 public:
  explicit NewsSink(NewsBox& box) : box_(box) {}
  void accept(record::Record record) override { box_.post(News(std::move(record))); }

 private:
  NewsBox& box_;
};

}  // namespace holter::app
