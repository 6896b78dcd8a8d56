#include "formula/evaluate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace pericore::formula {
namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

/// Three-valued logic (Kleene): 1, 0, NaN where it depends on a missing value.
double logical_and(double a, double b) {
  if (a == 0.0 || b == 0.0) return 0.0;
  return std::isnan(a) || std::isnan(b) ? missing : 1.0;
}
double logical_or(double a, double b) {
  if ((!std::isnan(a) && a != 0.0) || (!std::isnan(b) && b != 0.0)) return 1.0;
  return std::isnan(a) || std::isnan(b) ? missing : 0.0;
}

template <class T>
bool compares(const std::string& sign, const T& a, const T& b) {
  if (sign == "==") return a == b;
  if (sign == "!=") return a != b;
  if (sign == "<") return a < b;
  if (sign == "<=") return a <= b;
  if (sign == ">") return a > b;
  return a >= b;
}

bool is_comparison(const std::string& sign) {
  return sign == "==" || sign == "!=" || sign == "<" || sign == "<=" || sign == ">" || sign == ">=";
}

double calculate(const std::string& sign, double a, double b) {
  if (sign == "and") return logical_and(a, b);
  if (sign == "or") return logical_or(a, b);
  if (std::isnan(a) || std::isnan(b)) return missing;
  if (is_comparison(sign)) return compares(sign, a, b) ? 1.0 : 0.0;
  if (sign == "+") return a + b;
  if (sign == "-") return a - b;
  if (sign == "*") return a * b;
  if (sign == "/") return a / b;
  if (sign == "%") return b == 0.0 ? missing : a - b * std::floor(a / b);
  return std::pow(a, b);
}

double apply(const std::string& function, double x) {
  if (function == "log") return x > 0.0 ? std::log(x) : missing;
  if (function == "exp") return std::exp(x);
  if (function == "sqrt") return std::sqrt(x);
  return std::abs(x);
}

}  // namespace

Evaluator::Evaluator(const panel::Table& table, const panel::PanelIndex& index, std::string time)
    : table_(table), index_(index), time_(std::move(time)) {}

void Evaluator::count_undefined(const Expression& e, const Eigen::VectorXd& in, Eigen::VectorXd& out) {
  long rows = 0;
  for (Eigen::Index i = 0; i < out.size(); ++i) {
    if (std::isfinite(out[i])) continue;
    if (!std::isnan(in[i])) ++rows;
    out[i] = missing;
  }
  if (rows > 0) undefined_[to_text(e)] = rows;
}

std::vector<std::string> Evaluator::warnings() const {
  std::vector<std::string> texts;
  for (const auto& [text, rows] : undefined_)
    texts.push_back(fmt::format("{} is not defined in {} row{} of the data, which count as missing", text, rows,
                                rows == 1 ? "" : "s"));
  return texts;
}

Eigen::VectorXd Evaluator::shifted(const Eigen::VectorXd& values, long periods) const {
  Eigen::VectorXd result(values.size());
  for (Eigen::Index i = 0; i < values.size(); ++i) {
    const auto row = index_.lagged(static_cast<std::size_t>(i), periods);
    result[i] = row ? values[static_cast<Eigen::Index>(*row)] : missing;
  }
  return result;
}

Eigen::VectorXd Evaluator::call(const Expression& e) {
  if (e.text == "i")
    throw InputError(fmt::format("{}: dummies stand as a term of their own or in a product", to_text(e)));
  const Eigen::VectorXd inner = numbers(e.arguments[0]);
  if (e.text == "I") return inner;
  if (!e.periods.empty()) {
    if (!index_.has_time()) throw InputError(fmt::format("{} needs 'panel' with entity and time", to_text(e)));
    const long period = e.periods[0];
    if (e.text == "l") return shifted(inner, period);
    if (e.text == "f") return shifted(inner, -period);
    return inner - shifted(inner, period);
  }
  Eigen::VectorXd result = inner.unaryExpr([&](double x) { return apply(e.text, x); });
  count_undefined(e, inner, result);
  return result;
}

Eigen::VectorXd Evaluator::operation(const Expression& e) {
  const Value left = value(e.arguments[0]);
  if (e.arguments.size() == 1) {
    if (left.is_text) throw InputError(fmt::format("'{}' is a text, not a number", to_text(e.arguments[0])));
    if (e.text == "neg") return -left.numbers;
    return left.numbers.unaryExpr([](double x) { return std::isnan(x) ? missing : (x == 0.0 ? 1.0 : 0.0); });
  }
  const Value right = value(e.arguments[1]);
  const auto rows = static_cast<Eigen::Index>(table_.row_count());
  Eigen::VectorXd result(rows);
  if (left.is_text || right.is_text) {
    const bool both = left.is_text && right.is_text;
    if (!both || !is_comparison(e.text)) {
      const Expression& text = left.is_text ? e.arguments[0] : e.arguments[1];
      const Expression& other = left.is_text ? e.arguments[1] : e.arguments[0];
      throw InputError(both ? fmt::format("texts can only be compared: '{}'", to_text(e))
                            : fmt::format("{} is a text, {} is not: '{}'", to_text(text), to_text(other), to_text(e)));
    }
    for (Eigen::Index i = 0; i < rows; ++i) {
      const std::string& a = left.literal ? left.texts[0] : left.texts[static_cast<std::size_t>(i)];
      const std::string& b = right.literal ? right.texts[0] : right.texts[static_cast<std::size_t>(i)];
      // An empty cell is missing, unless it is what was asked for.
      const bool unknown = (a.empty() && !left.literal && !(right.literal && b.empty())) ||
                           (b.empty() && !right.literal && !(left.literal && a.empty()));
      result[i] = unknown ? missing : (compares(e.text, a, b) ? 1.0 : 0.0);
    }
    return result;
  }
  for (Eigen::Index i = 0; i < rows; ++i) result[i] = calculate(e.text, left.numbers[i], right.numbers[i]);
  if (e.text == "/" || e.text == "^" || e.text == "%" || e.text == "*") {
    Eigen::VectorXd in = left.numbers + 0.0 * right.numbers;
    count_undefined(e, in, result);
  }
  return result;
}

Evaluator::Value Evaluator::value(const Expression& e) {
  Value result;
  const auto rows = static_cast<Eigen::Index>(table_.row_count());
  switch (e.kind) {
    case ExpressionKind::number:
      result.numbers = Eigen::VectorXd::Constant(rows, e.number);
      return result;
    case ExpressionKind::text:
      result.is_text = true;
      result.literal = true;
      result.texts = {e.text};
      return result;
    case ExpressionKind::variable: {
      const panel::Column& column = table_.column(e.text);
      result.is_text = column.is_text;
      if (column.is_text) {
        result.texts = column.texts;
      } else {
        result.numbers = Eigen::Map<const Eigen::VectorXd>(column.numbers.data(), rows);
      }
      return result;
    }
    case ExpressionKind::call:
      result.numbers = call(e);
      return result;
    case ExpressionKind::operation:
      result.numbers = operation(e);
      return result;
  }
  return result;
}

Eigen::VectorXd Evaluator::numbers(const Expression& e) {
  Value result = value(e);
  if (result.is_text) {
    const std::string hint =
        e.kind == ExpressionKind::variable
            ? fmt::format(": {}; dummies are written i({})", table_.column(e.text).not_a_number(), to_text(e))
            : "";
    throw InputError(fmt::format("{} is a text, not a number{}", to_text(e), hint));
  }
  return std::move(result.numbers);
}

std::vector<char> Evaluator::picks(const Expression& condition) {
  const Eigen::VectorXd values = numbers(condition);
  std::vector<char> picked(static_cast<std::size_t>(values.size()));
  for (std::size_t i = 0; i < picked.size(); ++i) {
    const double x = values[static_cast<Eigen::Index>(i)];
    picked[i] = !std::isnan(x) && x != 0.0 ? 1 : 0;
  }
  return picked;
}

std::shared_ptr<const panel::Coding> Evaluator::coding(const std::string& variable) {
  auto& known = codings_[variable];
  if (!known) known = std::make_shared<const panel::Coding>(panel::code(table_.column(variable)));
  return known;
}

panel::Coding Evaluator::coding(const Term& product) {
  if (product.factors.size() == 1) return *coding(product.factors[0].text);
  panel::Column joint;
  joint.is_text = true;
  joint.texts.assign(table_.row_count(), "");
  for (std::size_t f = 0; f < product.factors.size(); ++f) {
    const auto part = coding(product.factors[f].text);
    for (std::size_t i = 0; i < joint.texts.size(); ++i) {
      if (f > 0 && joint.texts[i].empty()) continue;
      if (part->codes[i] < 0) {
        joint.texts[i].clear();
      } else {
        joint.texts[i] += (f > 0 ? ":" : "") + part->labels[static_cast<std::size_t>(part->codes[i])];
      }
    }
  }
  return panel::code(joint);
}

TermValues Evaluator::term(const Term& term) {
  TermValues result;
  result.name = to_text(term);
  for (const Expression& factor : term.factors) {
    if (is_factor(factor)) {
      const std::string& variable = factor.arguments[0].text;
      result.factors.push_back({variable, coding(variable), variable == time_});
      result.name_pieces.emplace_back();
      continue;
    }
    const Eigen::VectorXd values = numbers(factor);
    result.numbers = result.numbers.size() == 0 ? values : Eigen::VectorXd(result.numbers.cwiseProduct(values));
    result.name_pieces.push_back(to_text(factor));
  }
  // 1/x and the like that did not come through a call are caught in `operation`; infinities of the data are no data.
  for (double& x : result.numbers) x = std::isfinite(x) ? x : missing;
  return result;
}

DesignColumns expand(const TermValues& term, const std::vector<std::size_t>& rows, const std::vector<char>& full,
                     const std::vector<char>& used) {
  DesignColumns design;
  const auto count = static_cast<Eigen::Index>(rows.size());
  // Levels that occur in the sample, each factor's in natural order.
  std::vector<std::vector<int>> levels;
  for (std::size_t f = 0; f < term.factors.size(); ++f) {
    const panel::Coding& coding = *term.factors[f].coding;
    std::vector<char> occurs(static_cast<std::size_t>(coding.count()), 0);
    for (const std::size_t row : rows) {
      if (coding.codes[row] >= 0 && (used.empty() || used[row] != 0))
        occurs[static_cast<std::size_t>(coding.codes[row])] = 1;
    }
    std::vector<int> kept;
    for (int level = 0; level < coding.count(); ++level) {
      if (occurs[static_cast<std::size_t>(level)] != 0) kept.push_back(level);
    }
    if (!kept.empty() && full[f] == 0) kept.erase(kept.begin());
    levels.push_back(std::move(kept));
  }
  std::size_t columns = 1;
  for (const auto& kept : levels) columns *= kept.size();
  if (static_cast<double>(columns) * static_cast<double>(std::max<std::size_t>(rows.size(), 1)) > 2e9)
    throw InputError(
        fmt::format("{} would make {} columns; absorb the effect instead: y ~ x | effect", term.name, columns));
  design.values.setZero(count, static_cast<Eigen::Index>(columns));
  for (std::size_t j = 0; j < columns; ++j) {
    // The last factor runs fastest.
    std::vector<int> level(levels.size());
    std::size_t rest = j;
    for (std::size_t f = levels.size(); f-- > 0;) {
      level[f] = levels[f][rest % levels[f].size()];
      rest /= levels[f].size();
    }
    std::string name;
    std::size_t f = 0;
    for (const std::string& piece : term.name_pieces) {
      if (!name.empty()) name += ":";
      if (!piece.empty()) {
        name += piece;
      } else {
        const Factor& factor = term.factors[f];
        name += factor.variable + "::" + factor.coding->labels[static_cast<std::size_t>(level[f++])];
      }
    }
    design.names.push_back(name);
    design.is_time_dummy.push_back(term.factors.size() == 1 && term.numbers.size() == 0 && term.factors[0].is_time ? 1
                                                                                                                   : 0);
    for (Eigen::Index i = 0; i < count; ++i) {
      const std::size_t row = rows[static_cast<std::size_t>(i)];
      double x = term.numbers.size() == 0 ? 1.0 : term.numbers[static_cast<Eigen::Index>(row)];
      for (std::size_t g = 0; g < level.size(); ++g) {
        const int code = term.factors[g].coding->codes[row];
        if (code < 0) x = missing;
        if (code != level[g]) x *= 0.0;
      }
      design.values(i, static_cast<Eigen::Index>(j)) = x;
    }
  }
  return design;
}

std::vector<char> full_factors(const Term& term, const std::vector<Term>& terms) {
  const auto key = [](const Term& t) {
    std::vector<std::string> pieces;
    for (const Expression& f : t.factors) pieces.push_back(to_text(f));
    std::sort(pieces.begin(), pieces.end());
    return pieces;
  };
  std::vector<char> full;
  for (std::size_t f = 0; f < term.factors.size(); ++f) {
    if (!is_factor(term.factors[f])) continue;
    Term without = term;
    without.factors.erase(without.factors.begin() + static_cast<std::ptrdiff_t>(f));
    const bool known = without.factors.empty() ||
                       std::any_of(terms.begin(), terms.end(), [&](const Term& t) { return key(t) == key(without); });
    full.push_back(known ? 0 : 1);
  }
  return full;
}

}  // namespace pericore::formula
