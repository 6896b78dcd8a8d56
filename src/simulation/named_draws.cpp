#include "simulation/named_draws.h"

#include <cmath>
#include <numbers>

#include "numerics/keyed_draws.h"

namespace pericore::simulation {
namespace {

/// FNV-1a over words and what ends them, so that "a", "bc" and "ab", "c" differ.
std::uint64_t hash_of(std::initializer_list<std::string_view> words, int year) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  const auto add = [&](unsigned char byte) { hash = (hash ^ byte) * 0x100000001b3ULL; };
  for (const std::string_view word : words) {
    for (const char c : word) add(static_cast<unsigned char>(c));
    add(0);
  }
  for (int shift = 0; shift < 32; shift += 8) add(static_cast<unsigned char>(static_cast<unsigned>(year) >> shift));
  return hash;
}

}  // namespace

double named_normal(unsigned seed, std::uint32_t purpose, std::initializer_list<std::string_view> words, int year) {
  numerics::KeyedDraws draws(seed, purpose, hash_of(words, year));
  const double radius = std::sqrt(-2.0 * std::log(draws.uniform()));
  return radius * std::cos(2.0 * std::numbers::pi * draws.uniform());
}

std::string_view region_key(const Model& model, Eigen::Index region) {
  const auto at = static_cast<std::size_t>(region);
  const auto& ids = model.geography.table.ids;
  return at < ids.size() && !ids[at].empty() ? std::string_view(ids[at])
                                             : std::string_view(model.base.economy.regions[at]);
}

}  // namespace pericore::simulation
