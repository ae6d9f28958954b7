// The dashboard, compiled into the binary: the files that `npm run build` left, by path. Empty in a build without it
// (HOLTER_UI=OFF). The table itself is made at build time by tools/embed/embed_ui.py.
#pragma once

#include <span>
#include <string_view>

#include "http/router.h"

namespace holter::api {

struct UiAsset {
  std::string_view path;  // "/assets/index.js"
  std::string_view content_type;
  std::string_view bytes;
};

std::span<const UiAsset> ui_assets();

// "/" and every asset; without a dashboard, "/" says where the same can be had.
void add_ui_routes(http::Router& router);

}  // namespace holter::api
