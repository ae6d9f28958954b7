// Paths of a simulated disk: absolute, without "." and doubled slashes, so that equal paths are equal strings.
#pragma once

#include <string>

namespace holter::sim {

inline std::string normal_path(const std::string& path) {
  std::string out;
  for (std::size_t at = 0; at < path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const std::string part = path.substr(at, end - at);
    if (!part.empty() && part != ".") out += '/' + part;
    at = end + 1;
  }
  return out.empty() ? "/" : out;
}

inline std::string parent_of(const std::string& normal) {
  const auto slash = normal.rfind('/');
  return slash == 0 ? "/" : normal.substr(0, slash);
}

}  // namespace holter::sim
