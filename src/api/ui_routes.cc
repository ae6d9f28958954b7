#include "api/ui_assets.h"

namespace holter::api {
namespace {

// Only what this holter serves may run or be fetched; the charts set sizes on their own elements by script.
constexpr const char* kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self'; connect-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

env::Task<http::Response> serve(const UiAsset* asset, http::Request) {
  http::Response response;
  response.content_type = asset->content_type;
  response.body = asset->bytes;
  response.headers.emplace_back("Content-Security-Policy", kPolicy);
  co_return response;
}

env::Task<http::Response> say_there_is_none(http::Request) {
  http::Response response;
  response.body =
      "This holter was built without the dashboard (HOLTER_UI=OFF).\n"
      "The same is at /api/v1/health, /targets, /sessions, /conversations, /capture and in `holter status`.\n";
  co_return response;
}

}  // namespace

void add_ui_routes(http::Router& router) {
  if (ui_assets().empty()) router.add("GET", "/", say_there_is_none);
  for (const UiAsset& asset : ui_assets()) {
    const auto handler = [&asset](http::Request request) { return serve(&asset, std::move(request)); };
    router.add("GET", std::string(asset.path), handler);
    if (asset.path == "/index.html") router.add("GET", "/", handler);
  }
}

}  // namespace holter::api
