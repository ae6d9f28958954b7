// The files that make up a configuration: holter.toml and those of the directory it includes. Or a list of services in
// the ancestor's JSON form, which is a configuration with nothing but probes.
#pragma once

#include <string>
#include <vector>

#include "config/load.h"
#include "config/value.h"
#include "imports/imported.h"

namespace holter::config {

struct Source {
  std::string file;
  Value root = {};
  std::vector<imports::Entry> list = {};  // instead of `root`
};

// Every file that can be read and parsed, `path` first; the others are mistakes.
std::vector<Source> read_sources(env::Files& files, const std::string& path, Mistakes& mistakes);

}  // namespace holter::config
