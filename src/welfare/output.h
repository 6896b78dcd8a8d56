/// An assessment as variables of a panel and as tables to print; docs/variables.md#welfare, docs/welfare.md.
#pragma once

#include <vector>

#include "panel/dataset.h"
#include "report/output_table.h"
#include "welfare/assessment.h"
#include "welfare/metrics.h"

namespace pericore::welfare {

/// Adds the variables of docs/variables.md#welfare.
/// @param difference  of the two panels assessed: has their dimensions
void add_to(panel::Dataset& difference, const Assessment& assessment);

/// What it was worth and to whom, what it cost and moved, and what became of inequality: for people to read.
[[nodiscard]] std::vector<report::OutputTable> tables(const Assessment& assessment);

/// Every metric with its value, or over several runs with its standard error: a line each.
[[nodiscard]] report::OutputTable table(const std::vector<Estimate>& estimates);

}  // namespace pericore::welfare
