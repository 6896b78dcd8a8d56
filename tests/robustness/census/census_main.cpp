/// pericore_robustness: solves random economies and counts what becomes of them (docs/robustness.md).
#include <fmt/format.h>
#include <fmt/ostream.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>

#include "base/parallel.h"
#include "support/census.h"

int main(int argc, char** argv) {
  using namespace pericore;
  CLI::App app("Solves random economies and prints what becomes of them, by class; docs/robustness.md");
  std::uint64_t seed = 1;
  std::uint64_t first = 0;
  std::uint64_t count = 1000;
  int threads = 0;
  std::string csv;
  testing::CensusOptions options;
  app.add_option("--seed", seed, "seed of the economies")->capture_default_str();
  app.add_option("--first", first, "index of the first economy")->capture_default_str();
  app.add_option("--count", count, "number of economies")->capture_default_str();
  app.add_option("--threads", threads, "0: one a processor")->capture_default_str();
  app.add_option("--tolerance", options.solver.tolerance, "of the solver")->capture_default_str();
  app.add_option("--starts", options.starts, "other starts after a failure")->capture_default_str();
  app.add_option("--search-evaluations", options.search_evaluations,
                 "after which no other start is tried; as many on the path of the shock")
      ->capture_default_str();
  app.add_option("--csv", csv, "file for one line an economy");
  CLI11_PARSE(app, argc, argv);
  try {
    set_thread_count(threads);
    const auto verdicts = testing::take_census(seed, first, count, options);
    testing::print_table(std::cout, verdicts);
    if (!csv.empty()) {
      std::ofstream file(csv);
      testing::print_csv(file, seed, verdicts);
      if (!file.flush()) throw std::runtime_error("cannot write " + csv);
    }
  } catch (const std::exception& error) {
    fmt::print(std::cerr, "error: {}\n", error.what());
    return 1;
  }
  return 0;
}
