// Where holter keeps its records and its control socket, by the XDG base directory specification and the user it runs
// as. Pure: takes what the environment says.
#pragma once

#include <map>
#include <string>

namespace holter::app {

struct UserFacts {
  bool is_root = false;
  std::map<std::string, std::string> environment;  // HOME, XDG_* directories and HOLTER_KEY where set
};

struct Paths {
  std::string data;
  std::string runtime;
  std::string control_socket() const { return runtime + "/control.sock"; }
  std::string lock() const { return data + "/holter.lock"; }
  std::string tls_certificate() const { return data + "/tls-certificate.pem"; }
  std::string tls_key() const { return data + "/tls-key.pem"; }
};

// `data` and `runtime` as given on the command line; empty means by default.
Paths paths_of(const UserFacts& user, const std::string& data, const std::string& runtime);

// Where what was typed at a prompt is kept; empty when this user has no place for it.
std::string history_of(const UserFacts& user);

// The facts about the calling process.
UserFacts this_user();

}  // namespace holter::app
