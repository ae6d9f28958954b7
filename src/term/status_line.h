// StatusLine is one line at the bottom of a terminal that is written over and over, and cleared at the end. Pure: it
// returns what to print. Text is safe to print (UntrustedText::for_terminal).
#pragma once

#include <string>
#include <string_view>

#include "term/screen.h"

namespace holter::term {

class StatusLine {
 public:
  // From the line's beginning, cut to the screen's width less one column, so that it never wraps.
  std::string draw(std::string_view text, const Screen& screen);
  // Nothing when nothing was drawn.
  std::string clear();

 private:
  bool drawn_ = false;
};

}  // namespace holter::term
