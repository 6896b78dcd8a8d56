/// The one seam for threads. Work is cut into blocks that depend on `count` and `grain` alone, never on the number of
/// threads, so that results keep their bytes. The backend is oneTBB, or std::thread where PERICORE_PLAIN_THREADS is
/// defined (ThreadSanitizer cannot see into an uninstrumented TBB).
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace pericore {

/// Number of threads that later parallel calls may use. Call it from one thread, outside parallel work.
///
/// @param count  threads; 0 means one for each processor this process may use (also the start value). oneTBB uses at
///               most that many even if asked for more
/// @throws DomainError  if negative
void set_thread_count(int count);

/// The number of threads asked for, after resolving 0.
[[nodiscard]] int thread_count();

namespace detail {

/// A borrowed callable: keeps the backend out of this header.
struct BlockFunction {
  void* object;
  void (*call)(void* object, std::size_t block);
};

/// Calls the function once for every block in 0..blocks-1.
void run_blocks(std::size_t blocks, BlockFunction function);

}  // namespace detail

/// Number of blocks of at most `grain` items that hold `count` items; a grain of 0 counts as 1.
[[nodiscard]] constexpr std::size_t block_count(std::size_t count, std::size_t grain) {
  const std::size_t size = std::max<std::size_t>(grain, 1);
  return count / size + (count % size == 0 ? 0 : 1);
}

/// Calls body(block, begin, end) for each block of at most `grain` consecutive items out of `count`.
///
/// May be nested. Blocks run in any order and at the same time: `body` must write to separate places only.
/// @throws whatever `body` throws; of several exceptions the one of the first block, the same for any number of threads
template <class Body>
void parallel_for_blocks(std::size_t count, std::size_t grain, Body&& body) {
  const std::size_t size = std::max<std::size_t>(grain, 1);
  auto run = [&](std::size_t block) {
    const std::size_t begin = block * size;
    body(block, begin, begin + std::min(size, count - begin));
  };
  detail::run_blocks(block_count(count, grain),
                     {.object = std::addressof(run),
                      .call = [](void* object, std::size_t block) { (*static_cast<decltype(run)*>(object))(block); }});
}

/// Calls body(i) for i = 0..count-1, `grain` consecutive items a task; otherwise as parallel_for_blocks.
template <class Body>
void parallel_for(std::size_t count, std::size_t grain, Body&& body) {
  parallel_for_blocks(count, grain, [&](std::size_t, std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) body(i);
  });
}

/// Reduces fixed blocks in parallel and combines their values in order of index: same bytes for any number of threads.
///
/// @param block_value  (begin, end) -> Value
/// @param combine      (Value so far, Value of the next block) -> Value
/// @return             `initial` where count is 0
template <class Value, class BlockValue, class Combine>
[[nodiscard]] Value deterministic_reduce(std::size_t count, std::size_t grain, Value initial, BlockValue&& block_value,
                                         Combine&& combine) {
  static_assert(!std::is_same_v<Value, bool>, "neighbouring elements of vector<bool> share a byte: use char");
  std::vector<Value> partial(block_count(count, grain), initial);
  parallel_for_blocks(count, grain, [&](std::size_t block, std::size_t begin, std::size_t end) {
    partial[block] = block_value(begin, end);
  });
  Value result = std::move(initial);
  for (Value& value : partial) result = combine(std::move(result), std::move(value));
  return result;
}

/// Sum of block_sum(begin, end) over fixed blocks; see deterministic_reduce.
template <class BlockSum>
[[nodiscard]] double deterministic_sum(std::size_t count, std::size_t grain, BlockSum&& block_sum) {
  return deterministic_reduce(count, grain, 0.0, std::forward<BlockSum>(block_sum),
                              [](double sum, double next) { return sum + next; });
}

}  // namespace pericore
