// Offload runs work that blocks (the disk, SQLite) away from the loop and resumes the caller on it. In the simulator it
// runs inline, so that order stays seeded.
#pragma once

#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

#include "env/task.h"

namespace holter::env {

class Offload {
 public:
  virtual ~Offload() = default;

  // Runs `work` once on a worker, in order with other work of this Offload, and resumes after it. Not cancelled once
  // begun: what `work` refers to must outlive it.
  virtual Task<void> run_blocking(std::function<void()> work) = 0;

  template <class Work>
  Task<std::invoke_result_t<Work>> run(Work work) {
    std::optional<std::invoke_result_t<Work>> result;
    std::function<void()> call = [&result, &work] { result.emplace(work()); };
    co_await run_blocking(std::move(call));
    co_return std::move(*result);
  }
};

}  // namespace holter::env
