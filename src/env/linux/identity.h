// Which user holter becomes when root starts it. Pure: facts in, a decision out, so that every case is a test.
//
//   not root                                -> stays who it is
//   the data directory has another owner    -> that owner
//   started through sudo                    -> who called sudo
//   there is a user `holter`                -> holter
//   else                                    -> nobody (65534)
//   the one chosen is unknown to this user namespace (`unshare -Ur`) -> stays: uid 0 is an ordinary user outside of it
//
// A data directory that is missing or empty is given to the one chosen. One that holds files of root is an error: its
// files would be unreadable, and handing a whole tree to another user is for a person to decide.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"

namespace holter::env_linux {

inline constexpr std::uint32_t kNobody = 65'534;

struct Account {
  std::uint32_t user = 0;
  std::uint32_t group = 0;

  friend bool operator==(const Account&, const Account&) = default;
};

struct DataDirectory {
  enum class State : std::uint8_t { missing, empty, used };

  State state = State::missing;
  Account owner;                    // meaningless when missing
  bool writable_by_others = false;  // by group or everybody
};

struct IdentityFacts {
  std::string data_directory;  // its path, for words
  Account now;
  DataDirectory data;
  std::optional<Account> sudo;    // SUDO_UID and SUDO_GID
  std::optional<Account> holter;  // of the user `holter`
  bool (*is_mapped)(Account) = nullptr;
};

struct Identity {
  Account account;
  std::string because;           // "the owner of /var/lib/holter"
  bool changes = false;          // account differs from now
  bool gives_directory = false;  // the data directory has to be made for, or given to, the account
};

base::Result<Identity> choose_identity(const IdentityFacts& facts);

}  // namespace holter::env_linux
