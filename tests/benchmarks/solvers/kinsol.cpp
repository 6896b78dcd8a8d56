// SUNDIALS KINSOL as a yardstick: built where SUNDIALS is found, else an empty list.
#include "solvers/methods.h"

#ifdef PERICORE_KINSOL
#include <kinsol/kinsol.h>
#include <kinsol/kinsol_ls.h>
#include <nvector/nvector_serial.h>
#include <sundials/sundials_context.h>
#include <sundials/sundials_version.h>
#include <sunlinsol/sunlinsol_spgmr.h>

#include <algorithm>
#include <stdexcept>
#include <utility>
#endif

namespace pericore::benchmarks {

#ifndef PERICORE_KINSOL

std::vector<Method> kinsol_methods() { return {}; }
std::string sundials_version() { return {}; }

#else

namespace {

enum class Strategy { newton, fixed_point, picard };
enum class Map { damped_wages, blocks };  ///< what a fixed point iterates

struct Choice {
  Strategy strategy = Strategy::newton;
  bool exact_products = false;  ///< else KINSOL's differences
  bool blocks = false;          ///< precondition
  int krylov = 0;               ///< longest basis; 0: as KINSOL has it
  int anderson = 0;
  Map map = Map::blocks;
};

Eigen::Map<Eigen::VectorXd> view(N_Vector x) { return {N_VGetArrayPointer(x), N_VGetLength(x)}; }

/// What KINSOL's callbacks work on.
struct Task {
  Markets& markets;
  const Choice& choice;
  Eigen::VectorXd x{}, f{}, work{}, start{};
  bool given_blocks = false;
  Eigen::VectorXd linearised{};  ///< where
  bool hard_failure = false;
};

/// F closed along the direction of all nominal values, so that its Jacobian is regular; the same root by Walras's law.
bool closed_residual(Task& task, N_Vector u) {
  task.x = view(u);
  if (!task.markets.residual(task.x, task.f)) return false;
  const Eigen::VectorXd& scale = task.markets.scale_direction();
  if (scale.size() > 0) task.f -= scale * scale.dot(task.x - task.start);
  return true;
}

/// Positive: KINSOL may try a shorter step; negative: the budget is spent.
int failed(const Task& task) { return task.markets.spent() ? -1 : 1; }

int residual(N_Vector u, N_Vector f, void* data) {
  auto& task = *static_cast<Task*>(data);
  if (!closed_residual(task, u)) return failed(task);
  view(f) = task.f;
  return 0;
}

/// x + what the residual asks for.
int image(N_Vector u, N_Vector g, void* data) {
  auto& task = *static_cast<Task*>(data);
  if (!closed_residual(task, u)) return failed(task);
  if (task.choice.map == Map::blocks) {
    if (!task.markets.has_blocks() && (!task.markets.linearise(task.x) || !task.markets.make_blocks())) return -1;
    task.markets.solve_blocks(task.f, task.work);
  } else {
    task.work = task.f;
    task.work.head(task.markets.wages()) *= 0.15;
  }
  view(g) = task.x + task.work;
  return 0;
}

/// dF/dx v = -A v. Picard's method keeps the Jacobian of the start.
int exact_product(N_Vector v, N_Vector jv, N_Vector u, booleantype* new_u, void* data) {
  auto& task = *static_cast<Task*>(data);
  const bool fixed = task.choice.strategy == Strategy::picard && task.linearised.size() > 0;
  if (!fixed && (*new_u != 0 || task.linearised.size() == 0)) {
    task.linearised = view(u);
    if (!task.markets.linearise(task.linearised)) return failed(task);
    *new_u = 0;
  }
  if (task.markets.spent()) return -1;
  task.markets.product(view(v), task.work);
  view(jv) = -task.work;
  return 0;
}

int prepare_blocks(N_Vector u, N_Vector, N_Vector, N_Vector, void* data) {
  auto& task = *static_cast<Task*>(data);
  if (task.given_blocks || (task.choice.strategy == Strategy::picard && task.markets.has_blocks())) return 0;
  task.linearised = view(u);
  if (!task.markets.linearise(task.linearised)) return failed(task);
  return task.markets.make_blocks() ? 0 : 1;
}

int apply_blocks(N_Vector, N_Vector, N_Vector, N_Vector, N_Vector v, void* data) {
  auto& task = *static_cast<Task*>(data);
  task.x = view(v);
  task.markets.solve_blocks(task.x, task.work);
  view(v) = -task.work;
  return 0;
}

void silent(int, const char*, const char*, char*, void*) {}

void require(int flag, const char* what) {
  if (flag < 0) throw std::runtime_error(std::string("KINSOL: ") + what);
}

Eigen::VectorXd solve(Markets& markets, const Choice& choice) {
  SUNContext context = nullptr;
  require(SUNContext_Create(nullptr, &context), "context");
  const auto length = static_cast<sunindextype>(markets.size());
  N_Vector u = N_VNew_Serial(length, context);
  N_Vector ones = N_VNew_Serial(length, context);
  N_VConst(1.0, ones);
  view(u) = markets.start();
  Task task{.markets = markets, .choice = choice};
  task.start = markets.start();
  task.given_blocks = markets.has_blocks();

  void* memory = KINCreate(context);
  require(KINSetErrHandlerFn(memory, silent, nullptr), "messages");
  require(KINSetUserData(memory, &task), "data");
  require(KINSetMAA(memory, choice.anderson), "depth");
  const bool iterates_map = choice.strategy == Strategy::fixed_point;
  require(KINInit(memory, iterates_map ? image : residual, u), "start");
  require(KINSetNumMaxIters(memory, 1000), "iterations");
  // Of a fixed point KINSOL measures the step, not the residual: it stops when that is small enough for either.
  require(KINSetFuncNormTol(memory, iterates_map ? 0.1 * wanted_residual : wanted_residual), "tolerance");
  require(KINSetScaledStepTol(memory, 1e-15), "step");
  SUNLinearSolver solver = nullptr;
  if (!iterates_map) {
    solver = SUNLinSol_SPGMR(u, choice.blocks ? SUN_PREC_RIGHT : SUN_PREC_NONE, choice.krylov, context);
    require(KINSetLinearSolver(memory, solver, nullptr), "linear solver");
    require(SUNLinSol_SPGMRSetMaxRestarts(solver, choice.krylov > 0 ? 3 : 0), "restarts");
    if (choice.exact_products) require(KINSetJacTimesVecFn(memory, exact_product), "products");
    if (choice.blocks) require(KINSetPreconditioner(memory, prepare_blocks, apply_blocks), "preconditioner");
  }
  const int strategy = iterates_map ? KIN_FP : choice.strategy == Strategy::picard ? KIN_PICARD : KIN_LINESEARCH;
  KINSol(memory, u, strategy, ones, ones);  // what it says is not asked: the residual is judged afresh
  Eigen::VectorXd found = view(u);
  KINFree(&memory);
  if (solver != nullptr) SUNLinSolFree(solver);
  N_VDestroy(u);
  N_VDestroy(ones);
  SUNContext_Free(&context);
  return found;
}

}  // namespace

std::vector<Method> kinsol_methods() {
  std::vector<Method> methods;
  const auto add = [&](std::string name, const Choice& choice, bool in_sequences = false) {
    methods.push_back({"KINSOL " + std::move(name), [choice](Markets& m) { return solve(m, choice); }, in_sequences});
  };
  add("Newton-Krylov as shipped (SPGMR 5, differences)", {});
  add("Newton-Krylov, SPGMR 40, differences", {.krylov = 40});
  add("Newton-Krylov, SPGMR 40, exact products", {.exact_products = true, .krylov = 40});
  add("Newton-Krylov, SPGMR 40, differences, blocks", {.blocks = true, .krylov = 40});
  add("Newton-Krylov, SPGMR 40, exact products, blocks", {.exact_products = true, .blocks = true, .krylov = 40}, true);
  for (const int depth : {0, 5, 8, 20}) {
    add("fixed point of damped wages, Anderson " + std::to_string(depth),
        {.strategy = Strategy::fixed_point, .anderson = depth, .map = Map::damped_wages});
  }
  for (const int depth : {0, 5, 8, 20}) {
    add("fixed point through blocks, Anderson " + std::to_string(depth),
        {.strategy = Strategy::fixed_point, .anderson = depth}, depth == 8);
  }
  for (const int depth : {0, 8}) {
    add("Picard, Jacobian of the start, blocks, Anderson " + std::to_string(depth),
        {.strategy = Strategy::picard, .exact_products = true, .blocks = true, .krylov = 40, .anderson = depth});
  }
  return methods;
}

std::string sundials_version() {
  char version[32] = {};
  SUNDIALSGetVersion(version, sizeof version);
  return version;
}

#endif

}  // namespace pericore::benchmarks
