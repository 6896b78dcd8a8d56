/// Coverage and size with known truth. A share p of R repetitions has standard deviation sqrt(p (1 - p) / R); tests allow four of them, so that
/// one in 16,000 fails by chance were draws anew; they are keyed, so none does. Small bias of asymptotics is allowed for where stated.
#include <catch2/catch.hpp>
#include <cmath>

#include "base/parallel.h"
#include "econometrics/instrumental.h"
#include "random_instruments.h"

namespace pericore::econometrics {
namespace {

using testing::random_instruments;
using testing::RandomDesign;

struct Shares {
  double covered = 0.0;         // 0.5 in the 95 % interval of x1
  double overidentified = 0.0;  // J rejects at 5 %
  double endogenous = 0.0;      // Durbin-Wu-Hausman rejects at 5 %
};

template <class MakeOptions>
Shares repeat(const RandomDesign& design, std::uint64_t seed, int repetitions, bool absorb, MakeOptions&& make) {
  struct One {
    bool covered = false;
    bool overidentified = false;
    bool endogenous = false;
  };
  std::vector<One> all(static_cast<std::size_t>(repetitions));
  parallel_for(all.size(), 8, [&](std::size_t i) {
    Sample sample = random_instruments(design, seed, i);
    if (absorb) sample.absorbed = {sample.entity, testing::by_time(sample)};
    const InstrumentalOptions options = make(sample);
    const Estimate estimate = instrumental(sample, options);
    const Coefficient& x = estimate.coefficients[0];
    // The p-value of 0.5 from that of 0: intervals are of t or z.
    const double t = (x.estimate - 0.5) / x.std_error;
    all[i].covered = (estimate.df_residual ? t_p(t, *estimate.df_residual) : normal_p(t)) > 0.05;
    for (const auto& [name, test] : estimate.tests) {
      if (name == "hansen_j" || name == "sargan") all[i].overidentified = test.p_value < 0.05;
      if (name == "durbin_wu_hausman") all[i].endogenous = test.p_value < 0.05;
    }
  });
  Shares shares;
  for (const One& one : all) {
    shares.covered += one.covered ? 1.0 / repetitions : 0.0;
    shares.overidentified += one.overidentified ? 1.0 / repetitions : 0.0;
    shares.endogenous += one.endogenous ? 1.0 / repetitions : 0.0;
  }
  return shares;
}

constexpr int repetitions = 1000;
const double four_deviations = 4.0 * std::sqrt(0.05 * 0.95 / repetitions);

}  // namespace

TEST_CASE("Intervals of IV cover and J rejects as often as they say", "[instrumental][monte-carlo]") {
  const RandomDesign design{.entities = 80, .periods = 5, .instruments = 3, .heteroskedastic = 0.8};
  for (const InstrumentalMethod method :
       {InstrumentalMethod::tsls, InstrumentalMethod::iv_gmm, InstrumentalMethod::liml}) {
    const Shares shares = repeat(design, 100, repetitions, false, [&](const Sample&) {
      InstrumentalOptions options;
      options.method = method;
      options.small = true;
      options.vcov.kind = VcovKind::hetero;
      return options;
    });
    CHECK(std::abs(shares.covered - 0.95) < four_deviations);
    CHECK(std::abs(shares.overidentified - 0.05) < four_deviations);
    CHECK(shares.endogenous > 0.99);  // a correlation of 0.6 is not overlooked
  }
}

TEST_CASE("Intervals of clustered IV with two-way effects cover", "[instrumental][monte-carlo]") {
  const RandomDesign design{.entities = 80,
                            .periods = 6,
                            .missing = 0.1,
                            .instruments = 2,
                            .entity_error = 0.7,
                            .effects = 1.0,
                            .constant = false};
  const Shares shares = repeat(design, 101, repetitions, true, [](const Sample& sample) {
    InstrumentalOptions options;
    options.small = true;
    options.vcov.kind = VcovKind::cluster;
    options.vcov.clusters = {sample.entity};
    return options;
  });
  CHECK(std::abs(shares.covered - 0.95) < four_deviations);
  CHECK(std::abs(shares.overidentified - 0.05) < four_deviations);
}

TEST_CASE("Tests keep their size where nothing is endogenous", "[instrumental][monte-carlo]") {
  const RandomDesign design{.entities = 60, .periods = 5, .endogeneity = 0.0};
  const Shares shares = repeat(design, 102, repetitions, false, [](const Sample&) { return InstrumentalOptions{}; });
  CHECK(std::abs(shares.endogenous - 0.05) < four_deviations);
  CHECK(std::abs(shares.covered - 0.95) < four_deviations);
}

TEST_CASE("Clustered errors are needed where errors are common to an entity", "[instrumental][monte-carlo]") {
  // Without effects, an error and instruments that an entity keeps: intervals that ignore it are too short.
  const RandomDesign design{.entities = 80, .periods = 6, .instruments = 2, .entity_error = 0.8};
  const auto with = [&](VcovKind kind) {
    return repeat(design, 103, 400, false,
                  [&](const Sample& sample) {
                    InstrumentalOptions options;
                    options.small = true;
                    options.vcov.kind = kind;
                    if (kind == VcovKind::cluster) options.vcov.clusters = {sample.entity};
                    return options;
                  })
        .covered;
  };
  CHECK(with(VcovKind::hetero) < 0.88);
  CHECK(std::abs(with(VcovKind::cluster) - 0.95) < 4.0 * std::sqrt(0.05 * 0.95 / 400));
}

}  // namespace pericore::econometrics
