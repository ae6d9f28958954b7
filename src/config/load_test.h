// A file of settings, written and loaded: for the tests of what it may say.
#pragma once

#include <gtest/gtest.h>

#include "config/load.h"
#include "env/linux/files.h"
#include "env/linux/test_directory.h"

namespace holter::config {

class Load : public testing::Test {
 protected:
  std::string write(const std::string& name, const std::string& text) {
    const std::string path = directory_ / name;
    EXPECT_TRUE(env::replace_text(files_, path, text));
    return path;
  }
  std::variant<Loaded, Mistakes> load(const std::string& text, std::vector<Override> overrides = {}) {
    const std::string path = write("holter.toml", text);
    return config::load(files_, path, overrides, checks_);
  }
  Settings settings(const std::string& text, std::vector<Override> overrides = {}) {
    auto loaded = load(text, std::move(overrides));
    if (const auto* mistakes = std::get_if<Mistakes>(&loaded)) ADD_FAILURE() << to_string(*mistakes);
    return std::holds_alternative<Loaded>(loaded) ? std::get<Loaded>(loaded).settings : Settings();
  }
  // What is said of the file, without its directory.
  std::string mistakes(const std::string& text) {
    const auto loaded = load(text);
    if (std::holds_alternative<Loaded>(loaded)) return "none";
    std::string said = to_string(std::get<Mistakes>(loaded));
    const std::string prefix = directory_ / "";
    for (auto at = said.find(prefix); at != std::string::npos; at = said.find(prefix)) said.erase(at, prefix.size());
    return said;
  }

  env_linux::Files files_;
  env_linux::TestDirectory directory_;
  Checks checks_;
};

}  // namespace holter::config
