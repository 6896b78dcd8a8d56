/// A year as a statistical office writes it down: the true one with errors of measurement; docs/measurement_error.md.
#pragma once

#include <string_view>

#include "simulation/measurement_error.h"
#include "simulation/model.h"
#include "simulation/year_record.h"

namespace pericore::simulation {

/// Value added at market prices, [r,s]: sales less intermediate inputs [million yuan].
[[nodiscard]] economy::Array value_added(const economy::Economy& economy, const YearRecord& record);

/// Whether a variable of the panel is observed, so that with errors its own name bears what was measured and true_NAME what is true. Variables of
/// yearbook.h are all observed.
[[nodiscard]] bool is_observed(std::string_view variable);

/// exp(s z - s^2/2), s^2 = ln(1 + sd^2), z standard normal: log-normal of mean 1 and relative standard deviation sd. The draw belongs to the
/// names alone: it is the same for any order or number of regions, in policy and baseline, on any number of threads.
/// @param item  sector or group; empty for what has none
[[nodiscard]] double error_factor(unsigned seed, std::string_view what, std::string_view region, std::string_view item,
                                  int year, double relative_sd);

/// What was measured of a year. Errors enter where things are counted (employment by sector, residents, value added, ...), and everything that is
/// computed from counts is computed from these: quotients, shares, figures a head. The rest of the world is true.
class ObservedYear {
 public:
  ObservedYear(const Model& model, const YearRecord& truth);
  ObservedYear(const ObservedYear&) = delete;
  ObservedYear& operator=(const ObservedYear&) = delete;

  /// Refers to this.
  [[nodiscard]] YearRecord record() const {
    return {.year = truth_.year,
            .state = state_,
            .equilibrium = equilibrium_,
            .certificate = truth_.certificate,
            .flows = flows_,
            .moves = moves_,
            .travel_time = truth_.travel_time};
  }

 private:
  const YearRecord& truth_;
  dynamics::DynamicState state_;
  equilibrium::ShortRunEquilibrium equilibrium_;
  economy::SocialAccounts flows_;
  dynamics::Flows moves_;
};

}  // namespace pericore::simulation
