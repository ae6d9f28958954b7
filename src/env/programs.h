// Programs runs other programs: one order in, what became of it out, the loop going on meanwhile. No shell is between:
// the words of `arguments` reach the program as they are, so that hostile text in them or in the input is data only;
// who wants a shell asks for one ("/bin/sh", "-c", ...).
//
// The program is the leader of a process group of its own, with default signals, none blocked, no descriptor but the
// three standard ones, holter's environment (without what a service manager told holter alone) and the order's. It has
// ended when its own process has: what a background child of it writes later is not waited for. Its end can be forced:
// at the deadline, and when the task is cancelled, the group gets SIGTERM and, kProgramGrace later, SIGKILL; the task
// ends after that. When the loop dies, so does the program, at once.
//
// Loop's thread. At most kMaxPrograms at a time: one more is refused (ErrorKind::busy).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "base/untrusted_text.h"
#include "env/network.h"
#include "env/task.h"

namespace holter::env {

inline constexpr std::size_t kMaxPrograms = 64;
inline constexpr std::size_t kMaxKeptOutput = base::kUntrustedTextLimit;
inline constexpr base::Duration kProgramGrace = base::Duration::seconds(2);

enum class ProgramStream : std::uint8_t { output, error };

struct ProgramOrder {
  std::vector<std::string> arguments;  // the program first: a path, or a name that is looked up in PATH
  std::vector<std::pair<std::string, std::string>> environment = {};  // on top of holter's own
  std::string input = {};                                             // its standard input, which then ends
  std::size_t keep_output = 4'096;                                 // the last bytes of both streams; see kMaxKeptOutput
  std::function<void(ProgramStream, base::Bytes)> on_output = {};  // all of it, as it comes; on the loop's thread
  // Awaited before more of its output is read: a program that writes faster than on_output can be served waits in its
  // pipe. What is in the pipes when it has ended is read without.
  std::function<Task<void>()> room_for_output = {};
  // Called when it runs, with what sends a signal to its group; that does nothing once it has ended.
  std::function<void(std::function<void(int signal)>)> on_start = {};
  base::Instant deadline = base::Instant::max();
};

struct ProgramEnd {
  int exit_status = 0;  // when no signal ended it
  int signal = 0;       // that ended it; 0: none
  bool timed_out = false;
  base::UntrustedText output;  // the last keep_output bytes of both streams, as they came
  std::uint64_t output_bytes = 0;
  base::Duration run_time;

  bool succeeded() const { return exit_status == 0 && signal == 0 && !timed_out; }
};

// "exit status 3", "killed by signal 9", "not done after 10 s"
std::string to_string(const ProgramEnd& end);

class Programs {
 public:
  virtual ~Programs() = default;

  // An error: the program could not be started (not_found, permission, invalid, busy, full).
  virtual Task<base::Result<ProgramEnd>> run(ProgramOrder order) = 0;
};

}  // namespace holter::env
