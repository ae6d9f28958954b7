// Stored records, as the API tells them, in rows for the terminal: one kind of table for each kind of question. A view
// takes the API's lines, one JSON object each; what is no such object is left out and counted. Pure but for the zone of
// local_time.h.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/time.h"
#include "term/table.h"

namespace holter::app {

enum class RecordView : std::uint8_t { results, sessions, changes, packets, conversations, network };

struct RecordTextOptions {
  RecordView view = RecordView::results;
  bool with_agent = false;  // of a hub: who saw it
  base::WallTime now;
};

class RecordText {
 public:
  explicit RecordText(RecordTextOptions options);
  ~RecordText();

  // False when `line` is none of this view's objects.
  bool add(std::string_view line);
  bool empty() const;
  // What was added since the last call as lines of the terminal; the first call's begin with titles.
  std::string take(const term::Screen& screen);

 private:
  struct Layout;

  RecordTextOptions options_;
  const Layout& layout_;
  std::unique_ptr<term::Table> table_;
  bool titled_ = false;
};

}  // namespace holter::app
