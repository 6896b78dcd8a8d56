#include "design/scale.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/distributions/lognormal.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/triangular.hpp>
#include <cmath>
#include <limits>

#include "base/errors.h"

namespace pericore::design {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr std::int64_t largest_integer = std::int64_t{1} << 53U;

bool finite(double a, double b) { return std::isfinite(a) && std::isfinite(b); }

std::string not_finite() { return "bounds must be finite numbers"; }

std::string not_ascending(double low, double high) {
  return fmt::format("high is {}, must be above low, {}", high, low);
}

std::string not_positive(const char* name, double value) {
  return fmt::format("{} is {}, must be above 0", name, value);
}

/// Which of n equal intervals u lies in; 1 belongs to the last.
double interval_of(double u, double n) { return std::min(std::floor(u * n), n - 1.0); }

double count_of(const Integer& scale) { return static_cast<double>(scale.high - scale.low) + 1.0; }

boost::math::normal distribution_of(const Normal& scale) { return {scale.mean, scale.standard_deviation}; }

boost::math::lognormal distribution_of(const Lognormal& scale) {
  return {scale.log_mean, scale.log_standard_deviation};
}

boost::math::triangular distribution_of(const Triangular& scale) { return {scale.low, scale.mode, scale.high}; }

/// Probability below a bound that may be infinite.
double below(const Normal& scale, double bound) {
  if (std::isinf(bound)) return bound < 0.0 ? 0.0 : 1.0;
  return cdf(distribution_of(scale), bound);
}

struct Fault {
  std::string operator()(const Linear& s) const {
    if (!finite(s.low, s.high) || !std::isfinite(s.high - s.low)) return not_finite();
    return s.low < s.high ? "" : not_ascending(s.low, s.high);
  }
  std::string operator()(const Log& s) const {
    if (!finite(s.low, s.high)) return not_finite();
    if (!(s.low > 0.0)) return not_positive("low", s.low);
    return s.low < s.high ? "" : not_ascending(s.low, s.high);
  }
  std::string operator()(const Integer& s) const {
    if (std::max(s.low, s.high) > largest_integer || std::min(s.low, s.high) < -largest_integer) {
      return "bounds must lie within 2^53";
    }
    return s.low <= s.high ? "" : fmt::format("high is {}, must not be below low, {}", s.high, s.low);
  }
  std::string operator()(const Choice& s) const { return s.count > 0 ? "" : "there is nothing to choose from"; }
  std::string operator()(const Normal& s) const {
    if (!finite(s.mean, s.standard_deviation)) return "mean and standard deviation must be finite numbers";
    if (!(s.standard_deviation > 0.0)) return not_positive("standard deviation", s.standard_deviation);
    if (!(s.low < s.high)) return not_ascending(s.low, s.high);
    return below(s, s.low) < below(s, s.high) ? "" : "the bounds cut everything off";
  }
  std::string operator()(const Lognormal& s) const {
    if (!finite(s.log_mean, s.log_standard_deviation)) return "mean and standard deviation must be finite numbers";
    return s.log_standard_deviation > 0.0 ? "" : not_positive("standard deviation", s.log_standard_deviation);
  }
  std::string operator()(const Triangular& s) const {
    if (!finite(s.low, s.high)) return not_finite();
    if (!(s.low < s.high)) return not_ascending(s.low, s.high);
    if (s.low <= s.mode && s.mode <= s.high) return "";
    return fmt::format("mode is {}, must lie between low, {}, and high, {}", s.mode, s.low, s.high);
  }
};

struct Value {
  double u;

  double operator()(const Linear& s) const { return std::lerp(s.low, s.high, u); }
  double operator()(const Log& s) const {
    if (u == 0.0) return s.low;
    if (u == 1.0) return s.high;
    return std::clamp(std::exp(std::lerp(std::log(s.low), std::log(s.high), u)), s.low, s.high);
  }
  double operator()(const Integer& s) const { return static_cast<double>(s.low) + interval_of(u, count_of(s)); }
  double operator()(const Choice& s) const { return interval_of(u, static_cast<double>(s.count)); }
  double operator()(const Normal& s) const {
    const double p = std::lerp(below(s, s.low), below(s, s.high), u);
    if (p == 0.0) return s.low;
    if (p == 1.0) return s.high;
    return std::clamp(quantile(distribution_of(s), p), s.low, s.high);
  }
  double operator()(const Lognormal& s) const {
    if (u == 1.0) return infinity;
    return quantile(distribution_of(s), u);
  }
  double operator()(const Triangular& s) const { return quantile(distribution_of(s), u); }
};

struct Unit {
  double value;

  double between(double low, double high, double unit) const {
    if (!(value >= low && value <= high)) {
      throw DomainError(fmt::format("scale: {} is outside {} to {}", value, low, high));
    }
    return unit;
  }
  double operator()(const Linear& s) const { return between(s.low, s.high, (value - s.low) / (s.high - s.low)); }
  double operator()(const Log& s) const {
    return between(s.low, s.high, std::log(value / s.low) / std::log(s.high / s.low));
  }
  double operator()(const Integer& s) const {
    const auto low = static_cast<double>(s.low);
    if (value != std::floor(value)) throw DomainError(fmt::format("scale: {} is not a whole number", value));
    return between(low, static_cast<double>(s.high), (value - low + 0.5) / count_of(s));
  }
  double operator()(const Choice& s) const {
    const auto count = static_cast<double>(s.count);
    if (value != std::floor(value)) throw DomainError(fmt::format("scale: {} is not the number of a choice", value));
    return between(0.0, count - 1.0, (value + 0.5) / count);
  }
  double operator()(const Normal& s) const {
    const double first = below(s, s.low);
    return between(s.low, s.high, (below(s, value) - first) / (below(s, s.high) - first));
  }
  double operator()(const Lognormal& s) const {
    return value > 0.0 ? cdf(distribution_of(s), value) : between(0.0, infinity, 0.0);
  }
  double operator()(const Triangular& s) const {
    (void)between(s.low, s.high, 0.0);
    return cdf(distribution_of(s), value);
  }
};

void require_sound(const Scale& scale) {
  const std::string fault = fault_of(scale);
  if (!fault.empty()) throw DomainError("scale: " + fault);
}

}  // namespace

std::string fault_of(const Scale& scale) { return std::visit(Fault{}, scale); }

double value_at(const Scale& scale, double u) {
  require_sound(scale);
  if (!(u >= 0.0 && u <= 1.0)) throw DomainError(fmt::format("scale: {} is outside 0 to 1", u));
  const double value = std::visit(Value{u}, scale);
  if (!std::isfinite(value)) {
    throw DomainError(
        fmt::format("scale: the quantile at {} is infinite; a prior without bounds needs points inside 0 to 1", u));
  }
  return value;
}

double unit_of(const Scale& scale, double value) {
  require_sound(scale);
  if (!std::isfinite(value)) throw DomainError("scale: the value is not a finite number");
  return std::visit(Unit{value}, scale);
}

}  // namespace pericore::design
