#include "base/parallel.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/errors.h"

namespace {

/// Leaves the number of threads as it found it: one for each processor.
struct RestoreThreadCount {
  RestoreThreadCount() = default;
  ~RestoreThreadCount() { pericore::set_thread_count(0); }
  RestoreThreadCount(const RestoreThreadCount&) = delete;
  RestoreThreadCount& operator=(const RestoreThreadCount&) = delete;
};

}  // namespace

TEST_CASE("every item is visited once", "[base][parallel]") {
  const RestoreThreadCount restore;
  pericore::set_thread_count(GENERATE(1, 2, 4));
  const std::size_t count = GENERATE(0u, 1u, 7u, 64u, 1001u);
  const std::size_t grain = GENERATE(0u, 1u, 7u, 5000u);
  std::vector<int> visits(count, 0);
  pericore::parallel_for(count, grain, [&](std::size_t i) { ++visits[i]; });
  CHECK(visits == std::vector<int>(count, 1));
}

TEST_CASE("blocks depend on count and grain alone", "[base][parallel]") {
  const RestoreThreadCount restore;
  const auto blocks = [](int threads) {
    pericore::set_thread_count(threads);
    std::vector<std::pair<std::size_t, std::size_t>> bounds(pericore::block_count(103, 10));
    pericore::parallel_for_blocks(103, 10, [&](std::size_t block, std::size_t begin, std::size_t end) {
      bounds[block] = {begin, end};
    });
    return bounds;
  };
  const auto one = blocks(1);
  REQUIRE(one.size() == 11);
  CHECK(one.front() == std::pair<std::size_t, std::size_t>{0, 10});
  CHECK(one.back() == std::pair<std::size_t, std::size_t>{100, 103});
  CHECK(blocks(2) == one);
  CHECK(blocks(4) == one);
}

TEST_CASE("a sum has the same bytes for any number of threads", "[base][parallel]") {
  const RestoreThreadCount restore;
  // Terms of very different size: any other order of addition changes the last digits.
  std::vector<double> terms(20'000);
  for (std::size_t i = 0; i < terms.size(); ++i)
    terms[i] = std::sin(static_cast<double>(i)) * std::pow(10.0, static_cast<double>(i % 17));
  const auto sum = [&](int threads) {
    pericore::set_thread_count(threads);
    return pericore::deterministic_sum(terms.size(), 128, [&](std::size_t begin, std::size_t end) {
      return std::accumulate(terms.begin() + static_cast<std::ptrdiff_t>(begin),
                             terms.begin() + static_cast<std::ptrdiff_t>(end), 0.0);
    });
  };
  const double one = sum(1);
  for (int repeat = 0; repeat < 20; ++repeat) {
    const double many = sum(2 + repeat % 3);
    CHECK(std::memcmp(&one, &many, sizeof one) == 0);
  }
  CHECK(pericore::deterministic_sum(0, 8, [](std::size_t, std::size_t) { return 1.0; }) == 0.0);
}

TEST_CASE("blocks are combined in order", "[base][parallel]") {
  const auto joined = pericore::deterministic_reduce(
      26, 5, std::string(),
      [](std::size_t begin, std::size_t end) {
        std::string letters;
        for (std::size_t i = begin; i < end; ++i) letters += static_cast<char>('a' + i);
        return letters;
      },
      [](std::string left, const std::string& right) { return left + right; });
  CHECK(joined == "abcdefghijklmnopqrstuvwxyz");
}

TEST_CASE("the exception of the first failing block arrives", "[base][parallel]") {
  const RestoreThreadCount restore;
  pericore::set_thread_count(GENERATE(1, 2, 4));
  for (int repeat = 0; repeat < 50; ++repeat) {
    try {
      pericore::parallel_for(200, 1, [](std::size_t i) {
        if (i % 30 == 29) throw std::runtime_error(std::to_string(i));
      });
      FAIL("nothing was thrown");
    } catch (const std::runtime_error& error) {
      CHECK(std::string(error.what()) == "29");
    }
  }
}

TEST_CASE("loops nest", "[base][parallel]") {
  const RestoreThreadCount restore;
  pericore::set_thread_count(GENERATE(1, 2));
  std::vector<std::vector<int>> table(40, std::vector<int>(50, 0));
  // A thread that waits for its inner loop must not start another outer item: `depth` would rise above one.
  static thread_local int depth = 0;
  std::atomic<int> deepest = 0;
  pericore::parallel_for(table.size(), 1, [&](std::size_t i) {
    ++depth;
    if (depth > deepest) deepest = depth;
    pericore::parallel_for(table[i].size(), 4, [&](std::size_t j) { table[i][j] = static_cast<int>(i * j); });
    --depth;
  });
  CHECK(deepest == 1);
  CHECK(table[39][49] == 39 * 49);
  CHECK(table[7][8] == 56);
}

TEST_CASE("the number of threads", "[base][parallel]") {
  const RestoreThreadCount restore;
  pericore::set_thread_count(3);
  CHECK(pericore::thread_count() == 3);
  pericore::set_thread_count(0);
  CHECK(pericore::thread_count() >= 1);
  CHECK_THROWS_AS(pericore::set_thread_count(-1), pericore::DomainError);
}
