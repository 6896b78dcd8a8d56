/// Certificates of equilibria as text and JSON; docs/certificate.md explains every line.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "bifurcation/equilibria.h"
#include "dynamics/uniqueness.h"
#include "equilibrium/certificate.h"
#include "equilibrium/multi_start.h"
#include "simulation/stability.h"

namespace pericore::cli {

/// What is known of the base year of a model.
struct BaseYearCertificate {
  int year = 0;
  equilibrium::Certificate markets;
  simulation::Stability stability;
  std::optional<dynamics::Uniqueness> uniqueness;  ///< empty where no theory speaks
  std::optional<equilibrium::MultiStart> census;   ///< on request
  std::uint64_t seed = 1;                          ///< of the census
};

[[nodiscard]] std::string certificate_text(const economy::Economy& economy, const BaseYearCertificate& certificate);
[[nodiscard]] nlohmann::ordered_json certificate_json(const economy::Economy& economy,
                                                      const BaseYearCertificate& certificate);

/// "theory: condition; left side against right side, so ..." or that no theory applies.
[[nodiscard]] std::string uniqueness_in_words(const std::optional<dynamics::Uniqueness>& uniqueness);
/// null where no theory applies
[[nodiscard]] nlohmann::ordered_json uniqueness_json(const std::optional<dynamics::Uniqueness>& uniqueness);

/// Of the economy at the value configured.
[[nodiscard]] std::optional<dynamics::Uniqueness> uniqueness_of(const bifurcation::LongRun& system);

/// Certificate of the short run at a rest point.
[[nodiscard]] equilibrium::Certificate certificate_of(const bifurcation::LongRun& system,
                                                      const bifurcation::LongRunPoint& point);

/// One object a kind of market: residual, region, item, count.
[[nodiscard]] nlohmann::ordered_json markets_json(const economy::Economy& economy,
                                                  const equilibrium::Certificate& certificate);

}  // namespace pericore::cli
