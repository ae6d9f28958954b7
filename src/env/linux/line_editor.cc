#include "env/linux/line_editor.h"

#include <histedit.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <clocale>
#include <condition_variable>
#include <cstdio>
#include <cwchar>
#include <mutex>

#include "env/completion.h"
#include "env/linux/thread.h"
#include "env/linux/unique_fd.h"
#include "env/linux/write_out.h"
#include "env/mailbox.h"
#include "term/screen.h"
#include "term/wrap.h"

namespace holter::env_linux {
namespace {

struct EndEditor {
  void operator()(EditLine* editor) const { ::el_end(editor); }
};
struct EndHistory {
  void operator()(History* history) const { ::history_end(history); }
};

using Line = std::optional<std::string>;  // empty: the end of the input

}  // namespace

class LineEditor::Terminal {
 public:
  explicit Terminal(const boost::asio::any_io_executor& executor) : lines(executor, 1) {
    // holter writes UTF-8 everywhere; libedit counts columns by the locale.
    std::setlocale(LC_CTYPE, "C.UTF-8");
    editor_.reset(::el_init("holter", stdin, stdout, stderr));
    history_.reset(::history_init());
    HistEvent event{};
    ::history(history_.get(), &event, H_SETSIZE, static_cast<int>(env::kMaxPromptHistory));
    ::history(history_.get(), &event, H_SETUNIQUE, 1);
    EditLine* editor = editor_.get();
    ::el_set(editor, EL_CLIENTDATA, this);
    ::el_set(editor, EL_EDITOR, "emacs");
    ::el_set(editor, EL_PROMPT, &Terminal::show_question);
    ::el_set(editor, EL_GETCFN, &Terminal::next_key);
    ::el_set(editor, EL_HIST, &::history, history_.get());
    // Wide, because libedit keeps these two for ever: of narrow ones it would keep copies that nobody frees.
    ::el_wset(editor, EL_ADDFN, L"holter-complete", L"complete the word", &Terminal::complete_word);
    ::el_set(editor, EL_BIND, "^I", "holter-complete", nullptr);
    ::el_set(editor, EL_BIND, "^R", "em-inc-search-prev", nullptr);
    ::el_set(editor, EL_BIND, "^W", "ed-delete-prev-word", nullptr);
    wake_.reset(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    thread_.emplace("holter-prompt", [this] { edit(); });
  }

  void ask(std::string question, env::Remember remember) {
    const std::lock_guard lock(mutex_);
    if (asked_ || closed_) return;
    question_ = std::move(question);
    remember_ = remember;
    asked_ = wanted_ = true;
    changed_.notify_one();
  }

  void taken() {
    const std::lock_guard lock(mutex_);
    asked_ = false;
  }

  void print(std::string_view text) {
    const std::lock_guard lock(mutex_);
    draw_above(term::folded(text, terminal_width()));
  }

  void recall(const std::vector<std::string>& remembered) {
    const std::lock_guard lock(mutex_);
    for (const auto& line : remembered) remember(line);
  }

  void offer(std::vector<std::string> offers) {
    const std::lock_guard lock(mutex_);
    offers_ = std::move(offers);
  }

  bool drop_line() {
    const std::lock_guard lock(mutex_);
    const LineInfoW* line = ::el_wline(editor_.get());
    if (!editing_ || line->lastchar == line->buffer) return false;
    leave_line("^C\n");
    dropped_ = true;
    wake();
    return true;
  }

  void resized() {
    const std::lock_guard lock(mutex_);
    ::el_resize(editor_.get());
    if (editing_) draw_above("");
  }

  void release() {
    const std::lock_guard lock(mutex_);
    if (!editing_) return;
    leave_line("\n");
    ::el_set(editor_.get(), EL_PREP_TERM, 0);
  }

  void take() {
    const std::lock_guard lock(mutex_);
    if (!editing_) return;
    ::el_set(editor_.get(), EL_PREP_TERM, 1);
    ::el_resize(editor_.get());
    draw_line();
  }

  void close() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
      if (editing_) leave_line("\n");
      changed_.notify_one();
      wake();
    }
    thread_.reset();
  }

  env::Mailbox<Line> lines;

 private:
  static Terminal& of(EditLine* editor) {
    void* self = nullptr;
    ::el_get(editor, EL_CLIENTDATA, &self);
    return *static_cast<Terminal*>(self);
  }

  static char* show_question(EditLine* editor) { return of(editor).question_.data(); }

  static unsigned char complete_word(EditLine* editor, int) {
    Terminal& self = of(editor);
    const LineInfo* line = ::el_line(editor);
    const std::string typed(line->buffer, line->cursor);
    const auto completion = env::complete(typed, self.offers_);
    if (!completion.insert.empty()) {
      return ::el_insertstr(editor, completion.insert.c_str()) == 0 ? CC_REFRESH : CC_ERROR;
    }
    if (completion.choices.empty()) return CC_ERROR;
    std::string words;
    for (const auto& choice : completion.choices) words += choice + "  ";
    self.draw_above(term::folded(words, terminal_width()));
    return CC_NORM;
  }

  // A whole character from the keyboard. The lock is given up for the wait.
  static int next_key(EditLine* editor, wchar_t* key) {
    Terminal& self = of(editor);
    std::mbstate_t state{};
    for (;;) {
      char byte = 0;
      if (!self.read_byte(byte)) return -1;
      switch (std::mbrtowc(key, &byte, 1, &state)) {
        case static_cast<std::size_t>(-2): continue;
        case static_cast<std::size_t>(-1): state = {}; continue;
        default: break;
      }
      const LineInfoW* line = ::el_wline(editor);
      const bool full = static_cast<std::size_t>(line->lastchar - line->buffer) >= env::kMaxPromptLine;
      if (!full || *key < L' ' || *key == L'\x7f') return 1;
      ::el_beep(editor);
    }
  }

  // False at the end of the input, or when the editing is to end.
  bool read_byte(char& byte) {
    std::array<pollfd, 2> either = {pollfd{STDIN_FILENO, POLLIN, 0}, pollfd{wake_.get(), POLLIN, 0}};
    for (;;) {
      mutex_.unlock();
      ::poll(either.data(), either.size(), -1);
      mutex_.lock();
      if (closed_ || dropped_) return false;
      if (either[0].revents == 0) continue;
      const auto got = ::read(STDIN_FILENO, &byte, 1);
      if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
      return got == 1;
    }
  }

  void wake() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(wake_.get(), &one, sizeof one);
  }

  static std::size_t terminal_width() {
    winsize size{};
    return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
  }

  // How many rows the cursor is below the beginning of the question. libedit knows, but does not say.
  std::size_t rows_to_cursor() const {
    const std::size_t width = terminal_width();
    std::size_t row = 0;
    std::size_t column = term::columns(question_);
    const LineInfoW* line = ::el_wline(editor_.get());
    for (const wchar_t* at = line->buffer; at < line->cursor; ++at) {
      if (*at == L'\n') {
        row += column / width + 1;
        column = 0;
        continue;
      }
      const int wide = ::wcwidth(*at);
      column += wide < 0 ? 2 : static_cast<std::size_t>(wide);  // a control character is shown as ^X
    }
    return row + column / width;
  }

  // From where the question begins nothing is on the screen any more, and libedit is to draw it again.
  void clear_line() {
    const std::size_t rows = rows_to_cursor();
    write_out(STDOUT_FILENO, (rows > 0 ? "\x1b[" + std::to_string(rows) + "A" : "") + "\r\x1b[J");
  }

  void draw_line() {
    ::el_set(editor_.get(), EL_REFRESH);
    std::fflush(stdout);
  }

  // Text where the line began that is being typed, and the line again below it.
  void draw_above(const std::string& text) {
    if (!editing_) return write_out(STDOUT_FILENO, text);
    clear_line();
    write_out(STDOUT_FILENO, text);
    draw_line();
  }

  // The cursor goes below the line, which stays on the screen.
  void leave_line(std::string_view end) {
    clear_line();
    const LineInfoW* line = ::el_wline(editor_.get());
    ::el_cursor(editor_.get(), static_cast<int>(line->lastchar - line->cursor));
    draw_line();
    write_out(STDOUT_FILENO, end);
  }

  void remember(const std::string& line) {
    HistEvent event{};
    ::history(history_.get(), &event, H_ENTER, line.c_str());
  }

  // One line, however often it was dropped half-typed.
  Line edit_line() {
    for (;;) {
      editing_ = true;
      int length = 0;
      const char* typed = ::el_gets(editor_.get(), &length);
      editing_ = false;
      if (closed_) return std::nullopt;
      if (dropped_) {
        dropped_ = false;
        std::uint64_t woken = 0;
        [[maybe_unused]] const auto got = ::read(wake_.get(), &woken, sizeof woken);
        continue;
      }
      if (typed == nullptr || length <= 0) {
        write_out(STDOUT_FILENO, "\n");
        return std::nullopt;
      }
      std::string line(typed, static_cast<std::size_t>(length));
      if (line.ends_with('\n')) line.pop_back();
      if (remember_ == env::Remember::yes && line.find_first_not_of(' ') != line.npos) remember(line);
      return line;
    }
  }

  void edit() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return wanted_ || closed_; });
      if (closed_) break;
      wanted_ = false;
      lines.post(edit_line());
    }
    lines.close();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::unique_ptr<EditLine, EndEditor> editor_;
  std::unique_ptr<History, EndHistory> history_;
  UniqueFd wake_;  // ends a wait for a key
  std::string question_;
  std::vector<std::string> offers_;
  env::Remember remember_ = env::Remember::no;
  bool asked_ = false;   // somebody waits for a line, or did; until it was taken
  bool wanted_ = false;  // the same, and the thread has not begun with it
  bool editing_ = false;
  bool dropped_ = false;
  bool closed_ = false;
  std::optional<Thread> thread_;
};

LineEditor::LineEditor(const boost::asio::any_io_executor& executor)
    : terminal_(std::make_shared<Terminal>(executor)) {}
LineEditor::~LineEditor() { close(); }

env::Task<base::Result<std::optional<std::string>>> LineEditor::next_line(std::string question,
                                                                          env::Remember remember) {
  const auto terminal = terminal_;
  terminal->ask(std::move(question), remember);
  auto waiting = terminal->lines.receive();
  auto lines = co_await std::move(waiting);
  if (lines.empty()) co_return std::optional<std::string>();
  terminal->taken();
  co_return std::move(lines.front());
}

void LineEditor::print(std::string_view text) { terminal_->print(text); }
void LineEditor::recall(const std::vector<std::string>& lines) { terminal_->recall(lines); }
void LineEditor::offer(std::vector<std::string> lines) { terminal_->offer(std::move(lines)); }
bool LineEditor::drop_line() { return terminal_->drop_line(); }
void LineEditor::resized() { terminal_->resized(); }
void LineEditor::release() { terminal_->release(); }
void LineEditor::take() { terminal_->take(); }
void LineEditor::close() { terminal_->close(); }

}  // namespace holter::env_linux
