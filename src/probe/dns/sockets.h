// The sockets by which questions go out over UDP. What answers a question is told by who sent it, its id and the
// question in it, so that one socket can ask several, one after another: opening and closing one costs this host more
// than all else of a question. Never two at a time, and only one whose question was answered asks again: kMostQuestions
// in all, within kLongestUse. Then it is another port, which whoever forges answers must guess anew (RFC 5452,
// section 9.2). One loop; outlives the probes that use it, and dies before the loop does.
#pragma once

#include <memory>
#include <vector>

#include "env/env.h"
#include "probe/way.h"

namespace holter::probe {

inline constexpr std::uint32_t kMostQuestions = 32;
inline constexpr base::Duration kLongestUse = base::Duration::seconds(1);
inline constexpr std::size_t kMostIdleSockets = 64;

class DnsSockets {
 public:
  explicit DnsSockets(env::Env env) : env_(env) {}

  struct Lent {
    std::unique_ptr<env::DatagramSocket> socket;
    Way way;
    base::IpAddress::Family family;
    base::Instant opened_at;
    std::uint32_t questions = 1;
  };

  // For one question to `to`.
  base::Result<Lent> take(const Way& way, const base::IpAddress& to);
  // Behind its answer.
  void give_back(Lent lent);

 private:
  env::Env env_;
  std::vector<Lent> idle_;
};

}  // namespace holter::probe
