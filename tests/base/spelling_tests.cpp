#include "base/spelling.h"

#include <catch2/catch.hpp>

#include <array>

using namespace pericore;

TEST_CASE("edit distance counts insertions, deletions, substitutions and swaps of neighbours", "[base]") {
  CHECK(edit_distance("sectors", "sectors") == 0);
  CHECK(edit_distance("sectr", "sectors") == 2);
  CHECK(edit_distance("sectosr", "sectors") == 1);  // a swap is one slip, not two
  CHECK(edit_distance("kitten", "sitting") == 3);   // Levenshtein's textbook pair
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("Jilin", "jilin") == 0);
  CHECK(edit_distance("ca", "abc") ==
        3);  // 2 if a swapped pair might be edited again: optimal string alignment may not
}

TEST_CASE("edit distance is symmetric and counts characters, not bytes", "[base]") {
  const std::array<std::string, 5> words = {"吉林", "吉木", "elasticity", "elastciity", "\xFF\xC3"};
  for (const std::string& a : words)
    for (const std::string& b : words) CHECK(edit_distance(a, b) == edit_distance(b, a));
  CHECK(edit_distance("吉林", "吉木") == 1);
}

TEST_CASE("the nearest spelling lies within a third of the longer word", "[base]") {
  const std::array<std::string, 4> keys = {"lever", "size", "sectors", "regions"};
  CHECK(nearest_spelling("sectr", keys) == "sectors");
  CHECK(nearest_spelling("SIZE", keys) == "size");
  CHECK(nearest_spelling("xyz", keys).empty());
  CHECK(nearest_spelling("", keys).empty());
  CHECK(nearest_spelling("a", std::array<std::string, 1>{"b"}).empty());
  CHECK(did_you_mean("levre", keys) == "; did you mean 'lever'?");
  CHECK(did_you_mean("quantity", keys).empty());
  CHECK(nearest_or_all("levre", keys) == "; did you mean 'lever'?");
  CHECK(nearest_or_all("quantity", keys) == "; known: lever, size, sectors, regions");
  CHECK(nearest_or_all("quantity", std::array<std::string, 13>{}).empty());
}
