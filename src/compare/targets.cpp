#include "compare/targets.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/errors.h"
#include "compare/correlation.h"

namespace pericore::compare {
namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
constexpr double errors_allowed = 2.0;  // some 95 %
constexpr double significant = 1.96;    // 5 %, two-sided, normal

/// How far on the right side of its bound the number is.
double margin(const Target& target, double simulated) {
  switch (target.expected) {
    case Expectation::positive:
    case Expectation::not_negative:
      return simulated;
    case Expectation::negative:
    case Expectation::not_positive:
      return -simulated;
    case Expectation::at_least:
      return simulated - target.value;
    case Expectation::at_most:
      return target.value - simulated;
    case Expectation::level:
    case Expectation::insignificant:
      break;
  }
  return nothing;
}

/// A level and whether it is off by more than errors allow.
void judge_level(const Target& target, double own_error, Outcome& outcome) {
  const double error = std::hypot(target.standard_error, own_error);
  const double off = outcome.simulated.mean - target.value;
  outcome.in_errors = target.standard_error > 0.0;
  outcome.distance = outcome.in_errors ? off / error : off;
  const double allowed = outcome.in_errors ? errors_allowed * error : target.tolerance + errors_allowed * own_error;
  outcome.verdict = std::abs(off) <= allowed ? Verdict::met : Verdict::missed;
}

/// What a coefficient has beside its size.
void judge_coefficient(const Target& target, std::span<const double> std_errors, Outcome& outcome) {
  outcome.std_error = band(std_errors).mean;
  const double mean = outcome.simulated.mean;
  const bool tells = outcome.std_error > 0.0 && std::abs(mean) > significant * outcome.std_error;
  if (target.expected == Expectation::insignificant) {
    outcome.in_errors = true;
    outcome.distance = mean / outcome.std_error;
    outcome.verdict = !(outcome.std_error > 0.0) ? Verdict::undefined : tells ? Verdict::missed : Verdict::met;
  }
  if (target.expected != Expectation::level) return;
  outcome.same_sign = mean * target.value > 0.0;
  if (target.standard_error > 0.0 && outcome.std_error > 0.0)
    outcome.same_significance = tells == (std::abs(target.value) > significant * target.standard_error);
}

}  // namespace

std::span<const std::string_view> expectation_words() {
  static constexpr std::array<std::string_view, 8> words = {"level",        "positive", "negative", "not_negative",
                                                            "not_positive", "at_least", "at_most",  "insignificant"};
  return words;
}

std::string_view to_text(Verdict verdict) {
  switch (verdict) {
    case Verdict::met:
      return "met";
    case Verdict::missed:
      return "missed";
    case Verdict::unclear:
      return "unclear";
    case Verdict::not_run:
      return "not run";
    case Verdict::undefined:
      break;
  }
  return "undefined";
}

Band band(std::span<const double> values) {
  Band result{.mean = nothing, .deviation = nothing, .runs = 0};
  std::vector<double> known;
  std::copy_if(values.begin(), values.end(), std::back_inserter(known), [](double x) { return std::isfinite(x); });
  result.runs = known.size();
  if (known.empty()) return result;
  result.mean = std::accumulate(known.begin(), known.end(), 0.0) / static_cast<double>(known.size());
  if (known.size() < 2) return result;
  double squares = 0.0;
  for (const double x : known) squares += (x - result.mean) * (x - result.mean);
  result.deviation = std::sqrt(squares / static_cast<double>(known.size() - 1));
  return result;
}

Outcome judge(const Target& target, std::span<const double> simulated, std::span<const double> std_errors) {
  Outcome outcome{.simulated = band(simulated), .std_error = nothing};
  const double mean = outcome.simulated.mean;
  outcome.distance = nothing;
  if (!std::isfinite(mean)) return outcome;
  const double deviation = std::isfinite(outcome.simulated.deviation) ? outcome.simulated.deviation : 0.0;
  const double own_error = deviation / std::sqrt(static_cast<double>(outcome.simulated.runs));
  if (target.coefficient) judge_coefficient(target, std_errors, outcome);
  if (target.expected == Expectation::insignificant) return outcome;
  if (target.expected == Expectation::level) {
    judge_level(target, target.coefficient ? deviation : own_error, outcome);
    return outcome;
  }
  const double right = margin(target, mean);
  const bool bound_counts = target.expected != Expectation::positive && target.expected != Expectation::negative;
  outcome.distance = right;
  outcome.verdict = right > 0.0 || (bound_counts && right == 0.0) ? Verdict::met : Verdict::missed;
  if (own_error > 0.0 && std::abs(right) < errors_allowed * own_error) outcome.verdict = Verdict::unclear;
  return outcome;
}

RankingOutcome judge(const Ranking& ranking, std::span<const double> values, std::span<const double> all) {
  if (values.size() != ranking.labels.size()) throw DomainError("not a value for every label of the ranking");
  RankingOutcome outcome{.simulated = {}, .rank_correlation = nothing, .overlap = nothing};
  if (!std::all_of(values.begin(), values.end(), [](double x) { return std::isfinite(x); })) return outcome;
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] > values[b]; });
  for (const std::size_t place : order) outcome.simulated.push_back(ranking.labels[place]);
  const auto count = static_cast<Eigen::Index>(values.size());
  const Eigen::ArrayXd expected =
      Eigen::ArrayXd::LinSpaced(count, static_cast<double>(count), 1.0);  // first is highest
  outcome.rank_correlation = rank_correlation(Eigen::Map<const Eigen::ArrayXd>(values.data(), count), expected);
  if (!ranking.among_all) {
    outcome.verdict = outcome.simulated == ranking.labels ? Verdict::met : Verdict::missed;
    return outcome;
  }
  std::vector<double> sorted;
  std::copy_if(all.begin(), all.end(), std::back_inserter(sorted), [](double x) { return std::isfinite(x); });
  std::sort(sorted.rbegin(), sorted.rend());
  const std::size_t top = ranking.top > 0 ? ranking.top : values.size();
  if (top == 0 || sorted.size() < top) return outcome;
  const double last = sorted[top - 1];
  const auto among = std::count_if(values.begin(), values.end(), [&](double x) { return x >= last; });
  outcome.overlap = static_cast<double>(among) / static_cast<double>(top);
  outcome.verdict = outcome.overlap >= ranking.overlap ? Verdict::met : Verdict::missed;
  return outcome;
}

}  // namespace pericore::compare
