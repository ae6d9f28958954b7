#include "app/capture_river.h"

namespace holter::app {
namespace {

env::Task<void> capture_main(env::Env env, StopRequest& stop, std::string interface, NewsBox& news, NewsSink& sink) {
  (void)env; (void)sink;
  news.post(CaptureNews{interface, "off", "not built yet"});
  co_await stop.requested();
}

}  // namespace

base::Result<std::unique_ptr<CaptureRiver>> CaptureRiver::start(env::Log& log, env_linux::LoopOptions options,
                                                                std::string interface, NewsBox& news) {
  auto river = River::create(log, std::move(options));
  if (!river) return river.error();
  return std::unique_ptr<CaptureRiver>(new CaptureRiver(std::move(*river), std::move(interface), news));
}

CaptureRiver::CaptureRiver(std::unique_ptr<River> river, std::string interface, NewsBox& news)
    : sink_(news), river_(std::move(river)) {
  river_->start("capture", [this, &news, interface](env::Env env, StopRequest& stop) {
    return capture_main(env, stop, interface, news, sink_);
  });
}

std::string interface_to_capture(const RunOptions& options, const HostFacts& facts) {
  if (!options.interface.empty()) return options.interface;
  return facts.default_interface.empty() ? "lo" : facts.default_interface;
}

std::unique_ptr<CaptureRiver> start_capture(Ground& ground, const std::string& interface, NewsBox& news) {
  if (ground.broker == nullptr) {
    news.post(CaptureNews{interface, "off", ground.no_broker});
    return nullptr;
  }
  auto river = CaptureRiver::start(*ground.log, ground.loop_options(), interface, news);
  if (river) return std::move(*river);
  news.post(CaptureNews{interface, "off", river.error().message});
  return nullptr;
}

}  // namespace holter::app
