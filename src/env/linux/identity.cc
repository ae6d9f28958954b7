#include "env/linux/identity.h"

namespace holter::env_linux {
namespace {

Identity preferred(const IdentityFacts& facts) {
  Identity chosen;
  if (facts.data.state != DataDirectory::State::missing && facts.data.owner.user != 0) {
    chosen.account = facts.data.owner;
    chosen.because = "the owner of " + facts.data_directory;
  } else if (facts.sudo && facts.sudo->user != 0) {
    chosen.account = *facts.sudo;
    chosen.because = "who called sudo";
  } else if (facts.holter && facts.holter->user != 0) {
    chosen.account = *facts.holter;
    chosen.because = "the user holter";
  } else {
    chosen.account = {kNobody, kNobody};
    chosen.because = "nobody, for want of a user holter";
  }
  return chosen;
}

std::string owner_command(const IdentityFacts& facts, const Identity& chosen) {
  return "sudo chown -R " + std::to_string(chosen.account.user) + ":" + std::to_string(chosen.account.group) + " " +
         facts.data_directory;
}

}  // namespace

base::Result<Identity> choose_identity(const IdentityFacts& facts) {
  if (facts.now.user != 0) return Identity{facts.now, "who started it", false, false};
  Identity chosen = preferred(facts);
  if (!facts.is_mapped(chosen.account)) {
    return Identity{facts.now, "the only user of this user namespace", false, false};
  }
  chosen.changes = true;
  chosen.gives_directory =
      facts.data.state == DataDirectory::State::missing || facts.data.owner.user != chosen.account.user;
  if (!chosen.gives_directory || facts.data.state == DataDirectory::State::missing) return chosen;
  if (facts.data.state == DataDirectory::State::used) {
    return base::Error{base::ErrorKind::permission, "the data directory " + facts.data_directory +
                                                        " holds files of root, and holter does not run as "
                                                        "root but as uid " +
                                                        std::to_string(chosen.account.user) + " (" + chosen.because +
                                                        "); run: " + owner_command(facts, chosen) +
                                                        ", or name another directory with --data"};
  }
  if (facts.data.writable_by_others) {
    return base::Error{base::ErrorKind::permission, "the data directory " + facts.data_directory +
                                                        " may be written by others than its owner; name "
                                                        "one of holter's own with --data (holter makes it)"};
  }
  return chosen;
}

}  // namespace holter::env_linux
