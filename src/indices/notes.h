/// Collects what a reader of the numbers must know, each thing once.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace pericore::indices {

class Notes {
 public:
  /// A value (or, as `what` says, the variance of one) is empty; `where` is an example, e.g. "income 1940".
  void empty_value(const std::string& index, const std::string& reason, const std::string& where,
                   const std::string& what = "value") {
    auto [place, fresh] = empty_.try_emplace({index, what, reason}, 0, where);
    ++place->second.first;
  }
  /// A row is left out; several indices may say so of the same row.
  void left_out(const std::string& reason, const std::string& where) {
    auto [place, fresh] = left_out_.try_emplace(reason, std::set<std::string>(), where);
    place->second.first.insert(where);
  }
  /// Rows of one cell are added up.
  void added_up(const std::string& where) {
    if (repeated_++ == 0) first_repeated_ = where;
  }
  void add_once(std::string text) {
    if (std::find(more_.begin(), more_.end(), text) == more_.end()) more_.push_back(std::move(text));
  }

  [[nodiscard]] std::vector<std::string> texts() const {
    std::vector<std::string> result;
    for (const auto& [reason, what] : left_out_) {
      result.push_back(fmt::format("left out: {} {}, first {}: {}", what.first.size(),
                                   what.first.size() == 1 ? "row" : "rows", what.second, reason));
    }
    for (const auto& [key, what] : empty_) {
      result.push_back(fmt::format("{}: {} without a {}{}: {}", std::get<0>(key), what.first, std::get<1>(key),
                                   what.second.empty() ? "" : ", first " + what.second, std::get<2>(key)));
    }
    if (repeated_ > 0) {
      result.push_back(fmt::format("{} {} of region and sector in several rows, added up, first {}", repeated_,
                                   repeated_ == 1 ? "pair" : "pairs", first_repeated_));
    }
    result.insert(result.end(), more_.begin(), more_.end());
    return result;
  }

 private:
  /// By index, what is empty, and reason: how often, and an example.
  std::map<std::tuple<std::string, std::string, std::string>, std::pair<long, std::string>> empty_;
  std::map<std::string, std::pair<std::set<std::string>, std::string>> left_out_;
  long repeated_ = 0;
  std::string first_repeated_;
  std::vector<std::string> more_;
};

}  // namespace pericore::indices
