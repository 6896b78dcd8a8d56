/// Agents as columns, in chunks of bounded length: births and deaths keep memory compact without moving everybody.
///
/// A chunk is a struct of vectors, one a column, all of one length, with a member columns() that ties them together.
#pragma once

#include <algorithm>
#include <cstddef>
#include <tuple>
#include <utility>
#include <vector>

#include "base/parallel.h"

namespace pericore::dynamics {

inline constexpr std::size_t chunk_capacity = std::size_t{1} << 15U;
inline constexpr std::size_t most_chunk_blocks = 64;

/// Chunks a block, so that there are at most 64 blocks: each has sums of its own, which are then added in order.
[[nodiscard]] inline std::size_t chunks_per_block(std::size_t chunks) {
  return std::max<std::size_t>(1, block_count(chunks, most_chunk_blocks));
}

template <class Chunk>
[[nodiscard]] std::size_t length(const Chunk& chunk) {
  return std::get<0>(chunk.columns()).size();
}

template <class Chunk>
void resize(Chunk& chunk, std::size_t count) {
  std::apply([count](auto&... column) { (column.resize(count), ...); }, chunk.columns());
}

template <class Chunk>
void reserve(Chunk& chunk, std::size_t count) {
  std::apply([count](auto&... column) { (column.reserve(count), ...); }, chunk.columns());
}

/// Bytes that its columns take.
template <class Chunk>
[[nodiscard]] std::size_t allocated(const Chunk& chunk) {
  const auto of = [](const auto& column) { return column.capacity() * sizeof(column[0]); };
  return std::apply([&](const auto&... column) { return (of(column) + ...); }, chunk.columns());
}

/// The first `count` agents.
template <class Chunk>
[[nodiscard]] Chunk head(const Chunk& chunk, std::size_t count) {
  const auto first = [count](const auto& column) {
    return std::decay_t<decltype(column)>(column.begin(), column.begin() + static_cast<std::ptrdiff_t>(count));
  };
  return std::apply([&](const auto&... column) { return Chunk{first(column)...}; }, chunk.columns());
}

template <class Chunk>
void append(Chunk& to, const Chunk& from) {
  const auto add = [](auto& all, const auto& more) { all.insert(all.end(), more.begin(), more.end()); };
  std::apply([&](auto&... all) { std::apply([&](const auto&... more) { (add(all, more), ...); }, from.columns()); },
             to.columns());
}

/// Puts neighbours together as long as they fit in one chunk, and drops empty ones.
template <class Chunk>
[[nodiscard]] std::vector<Chunk> merged(std::vector<Chunk> chunks) {
  std::vector<Chunk> result;
  std::size_t at = 0;
  while (at < chunks.size()) {
    std::size_t end = at;
    std::size_t size = 0;
    while (end < chunks.size() && (end == at || size + length(chunks[end]) <= chunk_capacity))
      size += length(chunks[end++]);
    if (end == at + 1) {
      if (size > 0) result.push_back(std::move(chunks[at]));
    } else if (size > 0) {
      Chunk whole;
      reserve(whole, size);
      for (std::size_t c = at; c < end; ++c) {
        append(whole, chunks[c]);
        chunks[c] = {};
      }
      result.push_back(std::move(whole));
    }
    at = end;
  }
  return result;
}

}  // namespace pericore::dynamics
