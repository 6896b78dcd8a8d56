/// From a specification to the arrays of difference and system GMM.
#pragma once

#include "econometrics/estimate.h"
#include "econometrics/run_sample.h"

namespace pericore::econometrics {

/// @throws InputError  effects or an instrument part in the formula, no panel, entries that are no terms, what dynamic_panel() refuses
[[nodiscard]] Estimate run_dynamic(const ModelSpec& model, const formula::Formula& formula, const PanelData& data,
                                   const std::vector<char>& picked);

}  // namespace pericore::econometrics
