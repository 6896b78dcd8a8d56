#include "base/parallel.h"

#include <atomic>
#include <exception>
#include <limits>
#include <mutex>
#include <string>

#include "base/errors.h"

#ifdef PERICORE_PLAIN_THREADS
#include <thread>
#else
#include <tbb/blocked_range.h>
#include <tbb/global_control.h>
#include <tbb/info.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>
#endif

namespace pericore {
namespace {

std::atomic<int> requested_threads = 0;

/// Keeps the exception of the lowest block. Blocks above a failed one are skipped, those below still run, so that the
/// exception the caller sees does not depend on timing.
class FirstFailure {
 public:
  void run(detail::BlockFunction function, std::size_t block) noexcept {
    if (block > failed_block_.load(std::memory_order_relaxed)) return;
    try {
      function.call(function.object, block);
    } catch (...) {
      const std::lock_guard lock(mutex_);
      if (block < failed_block_.load(std::memory_order_relaxed)) {
        failed_block_.store(block, std::memory_order_relaxed);
        exception_ = std::current_exception();
      }
    }
  }

  void rethrow() {
    if (exception_) std::rethrow_exception(std::exchange(exception_, nullptr));
  }

 private:
  std::mutex mutex_;
  std::atomic<std::size_t> failed_block_ = std::numeric_limits<std::size_t>::max();
  std::exception_ptr exception_;
};

void run_in_order(std::size_t blocks, detail::BlockFunction function) {
  for (std::size_t block = 0; block < blocks; ++block) function.call(function.object, block);
}

#ifdef PERICORE_PLAIN_THREADS

thread_local bool inside_worker = false;  // a nested call runs in its own worker: no threads upon threads

int available_threads() { return std::max(1, static_cast<int>(std::thread::hardware_concurrency())); }

void limit_backend(int /*count*/) {}

void run_at_once(std::size_t blocks, detail::BlockFunction function, FirstFailure& failure) {
  if (inside_worker) {
    for (std::size_t block = 0; block < blocks; ++block) failure.run(function, block);
    return;
  }
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    inside_worker = true;
    for (std::size_t block = next++; block < blocks; block = next++) failure.run(function, block);
    inside_worker = false;
  };
  const std::size_t helpers = std::min(blocks, static_cast<std::size_t>(thread_count())) - 1;
  std::vector<std::jthread> threads;
  threads.reserve(helpers);
  for (std::size_t i = 0; i < helpers; ++i) threads.emplace_back(work);
  work();
}

#else

int available_threads() { return std::max(1, tbb::info::default_concurrency()); }

/// A global limit, not an arena of its own: an arena larger than the machine prints a warning on standard error.
void limit_backend(int count) {
  static std::unique_ptr<tbb::global_control> limit;
  limit.reset();
  limit = std::make_unique<tbb::global_control>(tbb::global_control::max_allowed_parallelism,
                                                static_cast<std::size_t>(count));
}

void run_at_once(std::size_t blocks, detail::BlockFunction function, FirstFailure& failure) {
  // Isolated: a thread that waits for a nested loop must not start a foreign block of the outer loop on top of its own.
  tbb::this_task_arena::isolate([&] {
    tbb::parallel_for(tbb::blocked_range<std::size_t>(0, blocks), [&](const tbb::blocked_range<std::size_t>& range) {
      for (std::size_t block = range.begin(); block != range.end(); ++block) failure.run(function, block);
    });
  });
}

#endif

}  // namespace

void set_thread_count(int count) {
  if (count < 0) throw DomainError("number of threads is " + std::to_string(count) + ", must be 0 or more");
  requested_threads = count;
  limit_backend(thread_count());
}

int thread_count() {
  const int requested = requested_threads;
  return requested > 0 ? requested : available_threads();
}

void detail::run_blocks(std::size_t blocks, BlockFunction function) {
  if (blocks <= 1 || thread_count() == 1) {
    run_in_order(blocks, function);
    return;
  }
  FirstFailure failure;
  run_at_once(blocks, function, failure);
  failure.rethrow();
}

}  // namespace pericore
