#include "dynamics/uniqueness.h"

#include <Eigen/Eigenvalues>
#include <cmath>
#include <limits>

namespace pericore::dynamics {
namespace {

using economy::Economy;
using economy::FactorKind;

constexpr double rounding = 1e-12;  // of sums and logs of given numbers

/// The parts of an economy of the class.
struct Parts {
  Eigen::Index labour = -1;
  bool armington = false;
  double goods_share = 1.0;    // mu
  double inverse_taste = 0.0;  // 1/theta
  double sigma = 0.0;
  double productivity = 0.0;  // mar - cong
  double congestion = 0.0;    // xi
};

bool only_local(const economy::Ownership& owner) { return std::abs(owner.local - 1.0) <= rounding; }

bool same_everywhere(const economy::Vector& values) {
  return values.size() > 0 && ((values - values(0)).abs() <= rounding).all();
}

std::optional<Parts> parts_of(const Economy& economy, const Parameters& parameters, const Fundamentals& fundamentals) {
  Parts parts;
  if (economy.abroad || economy.n_sectors() != 1 || economy.n_factors() > 2 || economy.technologies.size() != 1)
    return {};
  if ((economy.saving_rate != 0.0).any() || (economy.income_tax != 0.0).any()) return {};
  if ((fundamentals.public_outlay != 0.0).any() || (fundamentals.base.public_output != 0.0).any()) return {};
  if (!same_everywhere(economy.population_per_worker)) return {};
  for (Eigen::Index f = 0; f < economy.n_factors(); ++f) {
    const economy::Factor& factor = economy.factors[static_cast<std::size_t>(f)];
    if (!only_local(factor.owner)) return {};
    if (factor.kind == FactorKind::labour && parts.labour < 0) {
      parts.labour = f;
    } else if (!factor.housing || parameters.groups[static_cast<std::size_t>(f)].mobility != Mobility::none) {
      return {};
    }
  }
  if (parts.labour < 0 || economy.factors[static_cast<std::size_t>(parts.labour)].housing) return {};

  const economy::Sector& sector = economy.sectors.front();
  const economy::Technology& technology = economy.technologies.front();
  if (std::abs(technology.alpha(parts.labour, 0) - 1.0) > rounding || sector.fixed_input) return {};
  parts.armington = sector.market == economy::Market::armington;
  if (!parts.armington && (sector.market != economy::Market::monopolistic || sector.entry != economy::Entry::free))
    return {};
  parts.sigma = sector.elasticity;
  if (!same_everywhere(economy.household_basket.col(0))) return {};
  parts.goods_share = economy.household_basket(0, 0);
  if (economy.n_factors() == 1 && std::abs(parts.goods_share - 1.0) > rounding) return {};

  const SpilloverParameters& by = parameters.spillovers.front();
  // Knowledge, services and skills follow laws of their own.
  if (by.know != 0.0 || by.syn != 0.0 || by.pub != 0.0 || by.hum != 0.0) return {};
  parts.productivity = by.mar - by.cong;
  parts.congestion = parameters.people.congestion;

  const GroupParameters& group = parameters.groups[static_cast<std::size_t>(parts.labour)];
  const PeopleParameters& people = parameters.people;
  if (people.turnover != 0.0) return {};
  const bool costless = group.cost == 0.0 && group.distance_cost == 0.0 && group.registration == 0.0;
  switch (group.mobility) {
    case Mobility::replicator:
      break;
    case Mobility::logit:
      if (!costless) return {};
      parts.inverse_taste = 1.0 / group.elasticity;
      break;
    case Mobility::logit_static:
      parts.inverse_taste = 1.0 / group.elasticity;
      break;
    case Mobility::none:
      return {};
  }
  if (!((fundamentals.stock.col(parts.labour) > 0.0).all())) return {};
  return parts;
}

EquivalentElasticities equivalent(const Parts& parts) {
  const double sigma = parts.sigma;
  const double mu = parts.goods_share;
  const double alpha = parts.armington ? parts.productivity : (1.0 + parts.productivity * sigma) / (sigma - 1.0);
  return {.sigma = sigma, .alpha = alpha, .beta = -(parts.congestion + parts.inverse_taste + 1.0 - mu) / mu};
}

/// tau(r,n) = a_r b_n t(r,n) with t symmetric: then trade is balanced pair by pair and one equation is left.
/// Compressed kernels, which leave `freeness` empty, follow from two places and are the same both ways.
bool quasi_symmetric(const Eigen::MatrixXd& freeness) {
  if (freeness.size() == 0) return true;
  if (!(freeness.array() > 0.0).all()) return false;
  const Eigen::ArrayXXd log_ratio = freeness.array().log() - freeness.transpose().array().log();
  const double scale = 1.0 + freeness.array().log().abs().maxCoeff();
  for (Eigen::Index r = 0; r < log_ratio.rows(); ++r) {
    for (Eigen::Index n = 0; n < r; ++n) {
      if (std::abs(log_ratio(r, n) - (log_ratio(r, 0) - log_ratio(n, 0))) > 1e3 * rounding * scale) return false;
    }
  }
  return true;
}

}  // namespace

std::optional<EquivalentElasticities> equivalent_elasticities(const Economy& economy, const Parameters& parameters,
                                                              const Fundamentals& fundamentals) {
  const auto parts = parts_of(economy, parameters, fundamentals);
  if (!parts) return {};
  return equivalent(*parts);
}

double interaction_radius(const EquivalentElasticities& elasticities) {
  const double sigma = elasticities.sigma;
  const double alpha = elasticities.alpha;
  const double beta = elasticities.beta;
  const double gamma_1 = elasticities.gamma_1();
  if (gamma_1 == 0.0) return std::numeric_limits<double>::infinity();
  Eigen::Matrix2d interaction;
  interaction << std::abs(1.0 - beta), sigma * std::abs(alpha + beta),  //
      (sigma - 1.0) * std::abs(alpha + beta), std::abs(1.0 + alpha);
  interaction /= std::abs(gamma_1);
  return interaction.eigenvalues().cwiseAbs().maxCoeff();
}

std::optional<Uniqueness> uniqueness(const Economy& economy, const Parameters& parameters,
                                     const Fundamentals& fundamentals, const economy::TradeKernels& kernels) {
  const auto parts = parts_of(economy, parameters, fundamentals);
  if (!parts) return {};
  const double sigma = parts->sigma;
  const double mu = parts->goods_share;
  const bool housing_alone = !parts->armington && mu < 1.0 && parts->productivity == 0.0 && parts->congestion == 0.0;
  if (housing_alone && parts->inverse_taste == 0.0) {
    const double value = sigma * (1.0 - mu);
    return Uniqueness{.theory = "Helpman (1998); Redding and Sturm (2008)",
                      .statement = "sigma (1 - mu) > 1, mu the share of goods in consumption",
                      .value = value,
                      .threshold = 1.0,
                      .guaranteed = value > 1.0};
  }
  if (housing_alone) {
    const double value = sigma * (1.0 - mu / (1.0 + parts->inverse_taste));
    return Uniqueness{.theory = "Redding (2016)",
                      .statement =
                          "sigma (1 - mu theta/(1+theta)) >= 1, mu the share of goods in consumption, theta the "
                          "elasticity of location choice",
                      .value = value,
                      .threshold = 1.0,
                      .guaranteed = value >= 1.0};
  }
  const EquivalentElasticities elasticities = equivalent(*parts);
  const double gamma_1 = elasticities.gamma_1();
  if (gamma_1 > 0.0 && quasi_symmetric(kernels.freeness.front())) {
    const double ratio = elasticities.gamma_2() / gamma_1;
    return Uniqueness{.theory = "Allen and Arkolakis (2014)",
                      .statement =
                          "-1 < gamma_2/gamma_1 <= 1, gamma_1 = 1 - alpha (sigma-1) - beta sigma > 0, gamma_2 = 1 + "
                          "alpha sigma + beta (sigma-1)",
                      .value = ratio,
                      .threshold = 1.0,
                      // (2 sigma - 1)(alpha + beta) <= 0 is the upper bound without a division.
                      .guaranteed = ratio > -1.0 && elasticities.alpha + elasticities.beta <= rounding};
  }
  const double radius = interaction_radius(elasticities);
  return Uniqueness{.theory = "Allen, Arkolakis and Li (2024)",
                    .statement = "spectral radius of |B Gamma^-1| <= 1 for the elasticities of trade and location",
                    .value = radius,
                    .threshold = 1.0,
                    .guaranteed = radius <= 1.0 + rounding};
}

}  // namespace pericore::dynamics
