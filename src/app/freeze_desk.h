// FreezeDesk answers `holter freeze`: it takes frames out of the recorder and sends them as pcapng, those of the last
// seconds at once and those that come until the wish is over. Over the control socket only, a few at a time. One loop;
// copying out of the ring runs on its Offload.
#pragma once

#include "env/env.h"
#include "http/router.h"
#include "recorder/freeze.h"

namespace holter::app {

inline constexpr unsigned kMaxFreezes = 4;  // at once
inline constexpr base::Duration kDefaultLast = base::Duration::seconds(30);
inline constexpr base::Duration kLongestNext = base::Duration::minutes(10);

class FreezeDesk {
 public:
  // The rings' memory outlives it; `off` says why there are none.
  FreezeDesk(env::Env env, std::vector<recorder::Ring> rings, std::string off);

  // Who knows what is to be said of frames now; asked for each piece of a file. Empty while there is nothing to say.
  using Comments = std::function<recorder::Comment()>;
  void set_comments(Comments comments) { comments_ = std::move(comments); }
  // It outlives the router.
  void add_routes(http::Router& router);

 private:
  env::Task<http::Response> answer(http::Request request);
  env::Task<void> send(recorder::FreezeWish wish, http::BodyWriter& body);
  std::string coverage() const;

  env::Env env_;
  std::vector<recorder::Ring> rings_;
  std::string off_;
  Comments comments_ = [] { return recorder::Comment(); };
  unsigned going_ = 0;
};

}  // namespace holter::app
