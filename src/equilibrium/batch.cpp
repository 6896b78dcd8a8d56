#include "equilibrium/batch.h"

#include <map>
#include <memory>
#include <optional>

#include "base/parallel.h"
#include "equilibrium/iteration.h"
#include "equilibrium/refined_solve.h"
#include "equilibrium/unknowns.h"

namespace pericore::equilibrium {
namespace {

using economy::Array;
using economy::MarketMap;
using Trade = economy::MarketMap::Trade;

/// One problem on its way.
class Member {
 public:
  Member(const ShortRunProblem& problem, ShortRunEquilibrium& result)
      : problem_(problem), map_(problem.economy, problem.kernels, problem.state), unknowns_(map_), result_(result) {
    if (map_.active().contestable.any()) return;
    if (problem.options.refine && worth_refining(problem.economy, problem.kernels, problem.state)) return;
    result.prices = problem.start;
    make_finite(map_, result.prices);
    iteration_.emplace(map_, unknowns_, first_attempt(problem.options), problem.options,
                       attempt_budget(problem.options), result);
    begin_step();
  }

  [[nodiscard]] bool done() const { return !iteration_ || iteration_->done(); }
  [[nodiscard]] const ShortRunProblem& problem() const { return problem_; }
  [[nodiscard]] MarketMap& map() { return map_; }

  /// Between the products with supply and those with demand.
  void demand() { map_.demand(iteration_->next(), cleared_, accounts_); }
  /// Behind the products with demand, up to the next step's supply.
  void finish_step() {
    map_.clear(iteration_->next(), cleared_);
    iteration_->absorb(cleared_, accounts_);
    begin_step();
  }

 private:
  void begin_step() {
    if (!done()) map_.supply(iteration_->next(), accounts_);
  }

  const ShortRunProblem& problem_;
  MarketMap map_;
  Unknowns unknowns_;
  ShortRunEquilibrium& result_;
  std::optional<Iteration> iteration_;
  economy::Prices cleared_;
  economy::Accounts accounts_;
};

/// The columns of one product: a sector of each member that shares the kernel.
struct Product {
  const numerics::Kernel* kernel;
  struct Column {
    Member* member;
    Eigen::Index sector;
  };
  std::vector<Column> columns;
};

/// Columns by kernel, in the order of members and sectors; dense matrices without a kernel multiply by themselves.
std::vector<Product> products_of(const std::vector<Member*>& active) {
  std::vector<Product> products;
  std::map<const numerics::Kernel*, std::size_t> place;
  for (Member* member : active) {
    for (Eigen::Index s = 0; s < member->problem().economy.n_sectors(); ++s) {
      if (s == member->map().numeraire()) continue;
      const numerics::Kernel* kernel = member->problem().kernels.kernel(s);
      const auto [found, is_new] = place.try_emplace(kernel, products.size());
      if (is_new || kernel == nullptr) {
        found->second = products.size();
        products.push_back({kernel, {}});
      }
      products[found->second].columns.push_back({member, s});
    }
  }
  return products;
}

void multiply(const Product& product, bool transposed, Array Trade::*from, Array Trade::*to) {
  if (product.kernel == nullptr) {
    const auto& [member, sector] = product.columns.front();
    const economy::Vector x = (member->map().trade().*from).col(sector);
    economy::Vector y;
    if (transposed) {
      member->problem().kernels.reach(sector, x, y);
    } else {
      member->problem().kernels.access(sector, x, y);
    }
    (member->map().trade().*to).col(sector) = y;
    return;
  }
  const auto width = static_cast<Eigen::Index>(product.columns.size());
  Eigen::MatrixXd x(product.kernel->size(), width);
  for (Eigen::Index i = 0; i < width; ++i) {
    const auto& [member, sector] = product.columns[static_cast<std::size_t>(i)];
    x.col(i) = (member->map().trade().*from).col(sector);
  }
  Eigen::MatrixXd y(x.rows(), width);
  if (transposed) {
    product.kernel->multiply_transposed(x, y);
  } else {
    product.kernel->multiply(x, y);
  }
  for (Eigen::Index i = 0; i < width; ++i) {
    const auto& [member, sector] = product.columns[static_cast<std::size_t>(i)];
    (member->map().trade().*to).col(sector) = y.col(i);
  }
}

void multiply_all(const std::vector<Product>& products, bool transposed, Array Trade::*from, Array Trade::*to) {
  parallel_for(products.size(), 1, [&](std::size_t i) { multiply(products[i], transposed, from, to); });
}

}  // namespace

std::vector<ShortRunEquilibrium> solve_short_run_batch(const std::vector<ShortRunProblem>& problems) {
  std::vector<ShortRunEquilibrium> results(problems.size());
  std::vector<std::unique_ptr<Member>> members(problems.size());
  parallel_for(problems.size(), 1,
               [&](std::size_t i) { members[i] = std::make_unique<Member>(problems[i], results[i]); });
  for (;;) {
    // Whoever has finished leaves.
    std::vector<Member*> active;
    for (const auto& member : members) {
      if (!member->done()) active.push_back(member.get());
    }
    if (active.empty()) break;
    const std::vector<Product> products = products_of(active);
    multiply_all(products, true, &Trade::supply, &Trade::price_power);
    parallel_for(active.size(), 1, [&](std::size_t i) { active[i]->demand(); });
    multiply_all(products, false, &Trade::demand, &Trade::access);
    parallel_for(active.size(), 1, [&](std::size_t i) { active[i]->finish_step(); });
  }
  members.clear();
  parallel_for(problems.size(), 1, [&](std::size_t i) {
    if (results[i].status == SolverStatus::converged) return;
    const ShortRunProblem& p = problems[i];
    results[i] = solve_short_run(p.economy, p.kernels, p.state, p.start, p.options);
  });
  return results;
}

}  // namespace pericore::equilibrium
