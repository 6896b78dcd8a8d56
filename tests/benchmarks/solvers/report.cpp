#include "solvers/report.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>

namespace pericore::benchmarks {
namespace {

/// Values in the order in which they first occur.
std::vector<std::string> distinct(const std::vector<Outcome>& outcomes, std::string Outcome::*field) {
  std::vector<std::string> values;
  for (const Outcome& outcome : outcomes) {
    if (std::find(values.begin(), values.end(), outcome.*field) == values.end()) values.push_back(outcome.*field);
  }
  return values;
}

std::string cell(const Outcome& outcome) {
  if (outcome.failures > 0) return fmt::format("*{:.0e}*", outcome.residual);
  std::string text = fmt::format("{}", outcome.evaluations);
  if (outcome.products > 0) text += fmt::format(" + {}", outcome.products);
  return text + fmt::format(" / {:.{}f}", outcome.milliseconds, outcome.milliseconds < 10.0 ? 1 : 0);
}

}  // namespace

void write_csv(std::ostream& out, const std::vector<Outcome>& outcomes) {
  fmt::print(out, "economy,start,method,evaluations,products,blocks_made,milliseconds,residual,failures\n");
  for (const Outcome& o : outcomes) {
    fmt::print(out, "{},\"{}\",\"{}\",{},{},{},{:.3f},{:.3e},{}\n", o.economy, o.start, o.method, o.evaluations,
               o.products, o.blocks_made, o.milliseconds, o.residual, o.failures);
  }
}

void write_markdown(std::ostream& out, const std::vector<Outcome>& outcomes) {
  const auto economies = distinct(outcomes, &Outcome::economy);
  for (const std::string& start : distinct(outcomes, &Outcome::start)) {
    fmt::print(out, "\n{}\n\n| method |", start);
    for (const std::string& economy : economies) fmt::print(out, " {} |", economy);
    fmt::print(out, "\n|---|");
    for (std::size_t i = 0; i < economies.size(); ++i) fmt::print(out, "--:|");
    fmt::print(out, "\n");
    for (const std::string& method : distinct(outcomes, &Outcome::method)) {
      std::string row;
      bool any = false;
      for (const std::string& economy : economies) {
        const auto found = std::find_if(outcomes.begin(), outcomes.end(), [&](const Outcome& o) {
          return o.economy == economy && o.start == start && o.method == method;
        });
        any = any || found != outcomes.end();
        row += fmt::format(" {} |", found != outcomes.end() ? cell(*found) : "");
      }
      if (any) fmt::print(out, "| {} |{}\n", method, row);
    }
  }
}

}  // namespace pericore::benchmarks
