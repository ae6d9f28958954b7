// Loop is one river's thread of control: an io_context and the real world behind every interface of Env. Make one per
// river, run it on a thread of its own, and give its env() to what runs there.
//
// Order of death: the workers end first (their work refers to frames), then the io_context with all frames, then what
// the frames refer to. So nothing of Asio (sockets, groups, signals) may be kept outside of the loop's frames unless it
// is destroyed before the Loop. Idle, a loop makes no system call.
#pragma once

#include <functional>
#include <memory>

#include "env/env.h"
#include "env/linux/raw_sockets.h"

namespace holter::env_linux {

struct LoopOptions {
  RawSocketSource* raw_sockets = nullptr;  // outlives the loop; null: no raw sockets
  // Makes this loop's source of packets; without it opening one is refused (ErrorKind::permission).
  std::function<std::unique_ptr<env::Frames>(boost::asio::any_io_executor)> make_frames;
};

class Loop {
 public:
  // `log` outlives the loop and may serve several.
  static base::Result<std::unique_ptr<Loop>> create(env::Log& log, LoopOptions options = {});
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  env::Env env();
  // Runs tasks on the calling thread until stop(). May be called again.
  void run();
  // Runs `main` and returns when it has ended or at stop(). An exception out of it is a defect and aborts.
  void run(env::Task<void> main);
  // run() returns soon. Any thread.
  void stop();

 private:
  struct Parts;
  explicit Loop(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace holter::env_linux
