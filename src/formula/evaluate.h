/// Values of formulas over the rows of a table.
#pragma once

#include <Eigen/Dense>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "formula/parse.h"
#include "panel/table.h"

namespace pericore::formula {

/// A factor variable in a term: i(year).
struct Factor {
  std::string variable;
  std::shared_ptr<const panel::Coding> coding;
  bool is_time = false;  ///< of the variable that counts periods
};

/// A term over all rows of the table: numbers times dummies.
struct TermValues {
  std::string name;                      ///< "l(x, 1)", "i(region):x"
  Eigen::VectorXd numbers;               ///< product of what is no factor variable; empty where all are
  std::vector<Factor> factors;           ///< in the order of the term
  std::vector<std::string> name_pieces;  ///< by piece of the term: the name, or "" where a factor stands
};

/// Named columns over chosen rows.
struct DesignColumns {
  Eigen::MatrixXd values;
  std::vector<std::string> names;   ///< "l(x, 1)", "year::2006", "region::East:x"
  std::vector<char> is_time_dummy;  ///< of i(time) alone
};

/// Evaluates against one table. Lags go by calendar time within the entity over ALL rows. Missing, infinite and undefined are NaN.
class Evaluator {
 public:
  /// Refers to both, which must outlive it. @param time  name of the column of periods, empty without
  Evaluator(const panel::Table& table, const panel::PanelIndex& index, std::string time);

  /// @return one a row of the table
  /// @throws InputError  for a text where a number is wanted, lags without a panel; FormulaError's text is made by the caller
  [[nodiscard]] Eigen::VectorXd numbers(const Expression& expression);

  /// True where the condition holds; a condition that depends on a missing value does not.
  [[nodiscard]] std::vector<char> picks(const Expression& condition);

  [[nodiscard]] TermValues term(const Term& term);

  /// Codes of a column or of a product of columns (an absorbed effect, a cluster).
  [[nodiscard]] std::shared_ptr<const panel::Coding> coding(const std::string& variable);
  [[nodiscard]] panel::Coding coding(const Term& product);

  /// What happened on the way: logarithms of what is not positive, and so on. Each once.
  [[nodiscard]] std::vector<std::string> warnings() const;

  [[nodiscard]] const panel::Table& table() const { return table_; }
  [[nodiscard]] const panel::PanelIndex& index() const { return index_; }

 private:
  struct Value {
    bool is_text = false;
    Eigen::VectorXd numbers;
    std::vector<std::string> texts;
    bool literal = false;
  };
  [[nodiscard]] Value value(const Expression& e);
  [[nodiscard]] Eigen::VectorXd call(const Expression& e);
  [[nodiscard]] Eigen::VectorXd operation(const Expression& e);
  [[nodiscard]] Eigen::VectorXd shifted(const Eigen::VectorXd& values, long periods) const;
  void count_undefined(const Expression& e, const Eigen::VectorXd& in, Eigen::VectorXd& out);

  const panel::Table& table_;
  const panel::PanelIndex& index_;
  std::string time_;
  std::map<std::string, std::shared_ptr<const panel::Coding>> codings_;
  std::map<std::string, long> undefined_;  ///< rows by printed expression
};

/// Columns of a term. A factor has a column for each level of the rows, or each but the first.
///
/// @param rows  rows of the table, of the sample
/// @param full  by factor of the term: all levels
/// @param used  by row of the table: levels of other rows have no column; empty: all count
[[nodiscard]] DesignColumns expand(const TermValues& term, const std::vector<std::size_t>& rows,
                                   const std::vector<char>& full, const std::vector<char>& used = {});

/// As R's model.matrix: a factor has all its levels where the term without it is not among `terms` nor the constant, else all but the
/// first. A factor alone never has its first.
[[nodiscard]] std::vector<char> full_factors(const Term& term, const std::vector<Term>& terms);

}  // namespace pericore::formula
