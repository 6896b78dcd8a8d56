/// From a table and a formula to the rows and columns a regression is run on.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "econometrics/covariance.h"
#include "econometrics/model.h"
#include "econometrics/sample.h"
#include "formula/evaluate.h"

namespace pericore::econometrics {

/// The data of a specification. Refers to all of it.
struct PanelData {
  const panel::Table& table;
  const panel::PanelIndex& index;
  formula::Evaluator& evaluator;
  std::string entity;  ///< column, empty in a cross-section without names
  std::string time;    ///< column, empty in a cross-section
  std::string latitude;
  std::string longitude;
};

struct RunSample {
  Sample sample;
  VcovSpec vcov;
  std::vector<std::size_t> rows;  ///< of the table, in the order of the sample
  std::vector<std::string> warnings;
};

/// Rows that are picked and complete in y, regressors, instruments, effects and clusters, sorted by entity and time; then singletons of the first
/// absorbed effect dropped unless they are to be kept. Dummies of i(): levels of these rows, the first left out; those of time behind all
/// other columns, so that what is collinear is dropped among them first. A constant, the first column, where nothing is absorbed.
///
/// @param picked  by row of the table
/// @throws InputError  no complete row (says which term is missing most), a text as a regressor, lags without a panel
[[nodiscard]] RunSample make_sample(const ModelSpec& model, const formula::Formula& formula, const PanelData& data,
                                    const std::vector<char>& picked);

/// Codes 0, 1, .. of those rows; in natural order.
[[nodiscard]] Grouping make_grouping(const std::string& name, const panel::Coding& coding,
                                     const std::vector<std::size_t>& rows);

/// Columns of the terms over the rows of a sample. @see formula::expand
[[nodiscard]] Columns make_columns(const std::vector<formula::Term>& terms, const PanelData& data,
                                   const std::vector<std::size_t>& rows, bool constant = false);

/// The covariance a model asks for, over the rows of a sample.
[[nodiscard]] VcovSpec make_vcov(const VcovRequest& request, const PanelData& data,
                                 const std::vector<std::size_t>& rows);

}  // namespace pericore::econometrics
