// The passive river: a CaptureTask on a loop of its own.
#pragma once

#include <string>

#include "app/news.h"
#include "app/river.h"

namespace holter::app {

class CaptureRiver {
 public:
  // `log` and `news` outlive it. Says in `news` what becomes of the capture (CaptureNews).
  static base::Result<std::unique_ptr<CaptureRiver>> start(env::Log& log, env_linux::LoopOptions options,
                                                           std::string interface, NewsBox& news);

 private:
  CaptureRiver(std::unique_ptr<River> river, std::string interface, NewsBox& news);

  NewsSink sink_;
  std::unique_ptr<River> river_;
};

}  // namespace holter::app
