// Table lays rows out in columns: as wide as their widest cell, numbers to the right, and the last column cut at the
// screen's edge with an ellipsis. Cells are text that is safe to print (UntrustedText::for_terminal). Pure.
#pragma once

#include <string>
#include <vector>

#include "term/screen.h"

namespace holter::term {

struct Cell {
  std::string text;
  Tone tone = Tone::plain;
};

class Table {
 public:
  struct Column {
    std::string title;
    bool to_the_right = false;
    std::size_t least = 0;  // columns, so that tables drawn one after the other stand in line
  };
  enum class Titles : std::uint8_t { shown, hidden };

  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // As many cells as there are columns; missing ones are empty.
  void add(std::vector<Cell> row) { rows_.push_back(std::move(row)); }
  bool empty() const { return rows_.empty(); }
  // Every line ends with a line break; the first is the titles, faint.
  std::string draw(const Screen& screen, Titles titles = Titles::shown) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace holter::term
