// LiveTable is text that is drawn over and over at the same place of a terminal, at most as many rows as it has, and
// stays there at the end. Pure: it returns what to print. Text is safe to print (UntrustedText::for_terminal).
#pragma once

#include <string>
#include <string_view>

#include "term/screen.h"

namespace holter::term {

class LiveTable {
 public:
  // `text` ends with a line break and is not wider than the screen.
  std::string draw(std::string_view text);
  // The screen has another size now: nothing on it stands where it stood.
  void resized() { resized_ = true; }
  // Gives the cursor back.
  std::string end() const;

 private:
  std::size_t rows_ = 0;  // that were drawn
  bool begun_ = false;
  bool resized_ = false;
};

}  // namespace holter::term
