// The passive river: a CaptureTask on a loop of its own.
#pragma once

#include <string>

#include "app/default_plan.h"
#include "app/news.h"
#include "app/options.h"
#include "app/river.h"
#include "app/start.h"

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

// The named one, else that of the default route, else lo.
std::string interface_to_capture(const RunOptions& options, const HostFacts& facts);

// Empty, and said in `news`, when this process may not capture.
std::unique_ptr<CaptureRiver> start_capture(Ground& ground, const std::string& interface, NewsBox& news);

}  // namespace holter::app
