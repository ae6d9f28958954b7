// What the store's tests share: records that are told apart by their number, a temporary directory, a simulated disk.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "env/linux/files.h"
#include "env/linux/random.h"
#include "store/store.h"

namespace holter::store {

inline constexpr std::int64_t kSecond = 1'000'000'000;
inline const base::WallTime kStart = base::WallTime::from_nanoseconds(1'800'000'000 * kSecond);

inline base::AgentId agent_number(std::uint8_t n) {
  base::AgentId id;
  id.bytes.fill(n);
  return id;
}

inline record::ProbeResult result_at(base::WallTime at, std::string detail = "") {
  record::ProbeResult result;
  result.probe = "gateway";
  result.target = base::UntrustedText("192.0.2.1");
  result.started = at;
  result.rtt = base::Duration::microseconds(250);
  result.detail = base::UntrustedText(detail);
  return result;
}

inline record::NamedRecord result_number(std::uint64_t n, std::uint8_t agent = 1, std::string detail = "") {
  const base::WallTime at = kStart + base::Duration::seconds(static_cast<std::int64_t>(n));
  return {{agent_number(agent), 1, record::Lane::results, n}, result_at(at, std::move(detail))};
}

inline std::vector<record::NamedRecord> results(std::uint64_t first, std::uint64_t last, std::uint8_t agent = 1) {
  std::vector<record::NamedRecord> records;
  for (std::uint64_t n = first; n <= last; ++n) records.push_back(result_number(n, agent));
  return records;
}

inline std::string noise(std::mt19937_64& engine, std::size_t bytes) {
  std::string text(bytes, '\0');
  for (char& c : text) c = static_cast<char>(engine());
  return text;
}

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "holter-store-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::string& path() const { return path_; }
  std::string database() const { return path_ + "/holter.db"; }
  std::uint64_t bytes() const {
    std::uint64_t total = 0;
    for (const auto& entry : std::filesystem::directory_iterator(path_)) total += entry.file_size();
    return total;
  }

 private:
  std::string path_;
};

// A store on the real disk.
inline base::Result<std::unique_ptr<Store>> open_real(const TemporaryDirectory& directory, Options options = {}) {
  static env_linux::Files files;
  static env_linux::Random random;
  options.directory = directory.path();
  return Store::open(files, random, options, kStart);
}

inline std::vector<std::uint64_t> numbers(const std::vector<record::NamedRecord>& records) {
  std::vector<std::uint64_t> numbers;
  for (const auto& record : records) numbers.push_back(record.id.sequence);
  return numbers;
}

}  // namespace holter::store
