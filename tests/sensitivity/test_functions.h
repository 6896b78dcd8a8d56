/// Functions whose indices are known in closed form.
#pragma once

#include <Eigen/Core>
#include <cmath>
#include <numbers>
#include <vector>

#include "design/design.h"
#include "design/points.h"
#include "design/scale.h"

namespace pericore::sensitivity {

/// A function on the unit cube with its Sobol indices.
struct TestFunction {
  double (*value)(const std::vector<double>& unit);
  std::vector<double> first_order;
  std::vector<double> total;
};

/// sin x1 + 7 sin^2 x2 + 0.1 x3^4 sin x1 on (-pi, pi)^3; Ishigami and Homma (1990).
inline double ishigami(const std::vector<double>& unit) {
  constexpr double pi = std::numbers::pi;
  const double x1 = design::value_at(design::Linear{-pi, pi}, unit[0]);
  const double x2 = design::value_at(design::Linear{-pi, pi}, unit[1]);
  const double x3 = design::value_at(design::Linear{-pi, pi}, unit[2]);
  return std::sin(x1) + 7.0 * std::sin(x2) * std::sin(x2) + 0.1 * std::pow(x3, 4) * std::sin(x1);
}

inline constexpr double ishigami_interaction = 0.2436836832;  // S_13 of the moments below

inline TestFunction ishigami_function() {
  constexpr double a = 7.0;
  constexpr double b = 0.1;
  const double pi4 = std::pow(std::numbers::pi, 4);
  const double v1 = 0.5 * (1.0 + b * pi4 / 5.0) * (1.0 + b * pi4 / 5.0);
  const double v2 = a * a / 8.0;
  const double v13 = b * b * pi4 * pi4 * (1.0 / 18.0 - 1.0 / 50.0);
  const double v = v1 + v2 + v13;
  return {.value = ishigami, .first_order = {v1 / v, v2 / v, 0.0}, .total = {(v1 + v13) / v, v2 / v, v13 / v}};
}

inline const std::vector<double>& g_coefficients() {
  static const std::vector<double> a = {0.0, 1.0, 4.5, 9.0, 99.0, 99.0};
  return a;
}

/// prod (|4 u - 2| + a)/(1 + a); Sobol (1993), with the a of Saltelli et al. (2010).
inline double g_function(const std::vector<double>& unit) {
  double product = 1.0;
  for (std::size_t k = 0; k < unit.size(); ++k) {
    product *= (std::abs(4.0 * unit[k] - 2.0) + g_coefficients()[k]) / (1.0 + g_coefficients()[k]);
  }
  return product;
}

inline TestFunction sobol_g_function() {
  std::vector<double> partial;
  double product = 1.0;
  for (const double a : g_coefficients()) {
    partial.push_back(1.0 / (3.0 * (1.0 + a) * (1.0 + a)));
    product *= 1.0 + partial.back();
  }
  TestFunction function{.value = g_function, .first_order = {}, .total = {}};
  for (const double v : partial) {
    function.first_order.push_back(v / (product - 1.0));
    function.total.push_back(v * product / (1.0 + v) / (product - 1.0));
  }
  return function;
}

/// The function at every row of a design.
inline std::vector<double> run(const design::Design& design, double (*function)(const std::vector<double>&)) {
  std::vector<double> outputs;
  std::vector<double> unit(design.dimensions());
  for (std::uint64_t row = 0; row < design.rows(); ++row) {
    design.point(row, unit);
    outputs.push_back(function(unit));
  }
  return outputs;
}

}  // namespace pericore::sensitivity
