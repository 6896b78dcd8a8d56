// Compressed kernels of freeness of trade against the number of regions and the distance elasticity of trade (sigma -
// 1) delta: time to compress, bytes, ranks, time of a product, and the error of products on rows computed exactly.
// Places, sizes and provinces are synthetic.
#include <benchmark/benchmark.h>

#include <cmath>
#include <memory>
#include <numbers>
#include <random>

#include "geography/distance.h"
#include "geography/travel_time.h"
#include "numerics/hierarchical_matrix.h"

using namespace pericore;

namespace {

using Eigen::Index;

/// Places even over the extent of China, lognormal sizes, 31 provinces around random seats.
struct Places {
  Eigen::Matrix3Xd sphere;  ///< a column a place
  std::vector<int> province;
  Eigen::MatrixXd size;  ///< one column
  std::shared_ptr<const numerics::ClusterTree> tree;

  explicit Places(Index count) : sphere(3, count), province(static_cast<std::size_t>(count)), size(count, 1) {
    std::mt19937_64 random(31);
    std::uniform_real_distribution<double> uniform(0.0, 1.0);
    std::lognormal_distribution<double> lognormal(0.0, 1.5);
    const auto place = [&] {
      constexpr double degree = std::numbers::pi / 180.0;
      const double longitude = degree * (80.0 + 45.0 * uniform(random));
      const double latitude = degree * (22.0 + 25.0 * uniform(random));
      return Eigen::Vector3d(std::cos(latitude) * std::cos(longitude), std::cos(latitude) * std::sin(longitude),
                             std::sin(latitude));
    };
    Eigen::Matrix3Xd seats(3, 31);
    for (Index seat = 0; seat < seats.cols(); ++seat) seats.col(seat) = place();
    for (Index i = 0; i < count; ++i) {
      sphere.col(i) = place();
      size(i, 0) = lognormal(random);
      Index nearest = 0;
      (seats.colwise() - sphere.col(i)).colwise().squaredNorm().minCoeff(&nearest);
      province[static_cast<std::size_t>(i)] = static_cast<int>(nearest);
    }
    tree = std::make_shared<const numerics::ClusterTree>(sphere.transpose(), province);
  }
};

/// max(1, D/1 h)^-power, D by the rule on great-circle distances, times e^-0.5 between provinces.
struct Freeness {
  const Places* places;
  double power;

  double operator()(Index r, Index n) const {
    const geography::TravelTimeRule rule;
    const double chord = (places->sphere.col(r) - places->sphere.col(n)).norm();
    const double km = 2.0 * geography::earth_radius_km * std::asin(std::min(1.0, 0.5 * chord));
    const double hours = r == n ? 0.6 : rule.intercept + rule.slope * km;
    const double border =
        places->province[static_cast<std::size_t>(r)] == places->province[static_cast<std::size_t>(n)] ? 0.0 : 0.5;
    return std::exp(-power * std::log(std::max(1.0, hours)) - border);
  }
};

const Places& places(Index count) {
  static std::unique_ptr<Places> last;
  if (!last || last->size.rows() != count) last = std::make_unique<Places>(count);
  return *last;
}

numerics::CompressionOptions options(const benchmark::State& state) {
  return {.check_all = state.range(2) != 0, .symmetric = true};
}

/// Largest relative error of the product with the sizes, on 100 rows.
double product_error(const numerics::HierarchicalMatrix& kernel, const Places& places, const Freeness& entry) {
  Eigen::MatrixXd product(places.size.rows(), 1);
  kernel.multiply(places.size, product);
  double largest = 0.0;
  for (Index i = 0; i < 100; ++i) {
    const Index row = i * (product.rows() - 1) / 99;
    double exact = 0.0;
    for (Index n = 0; n < product.rows(); ++n) exact += entry(row, n) * places.size(n, 0);
    largest = std::max(largest, std::abs(product(row, 0) / exact - 1.0));
  }
  return largest;
}

/// Arguments: regions, 100 x distance elasticity, whether every entry is checked.
void compress_kernel(benchmark::State& state) {
  const Places& country = places(state.range(0));
  const Freeness entry{&country, 0.01 * static_cast<double>(state.range(1))};
  std::unique_ptr<numerics::HierarchicalMatrix> kernel;
  for (auto _ : state) {
    kernel.reset();
    kernel = std::make_unique<numerics::HierarchicalMatrix>(country.tree, entry, options(state));
  }
  const auto& statistics = kernel->statistics();
  state.counters["MB"] = static_cast<double>(kernel->bytes()) * 1e-6;
  state.counters["compression"] = kernel->compression();
  state.counters["rank"] = statistics.mean_rank;
  state.counters["entry_error"] = statistics.checked_error;
  state.counters["product_error"] = product_error(*kernel, country, entry);
  state.counters["entries_computed"] = static_cast<double>(statistics.evaluations);
}
BENCHMARK(compress_kernel)
    ->ArgsProduct({{3000, 10000, 30000}, {50, 100, 200}, {0}})
    ->Args({10000, 100, 1})
    ->Iterations(1)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

/// Arguments: regions, 100 x distance elasticity, 0, columns. Time is for all columns.
void compressed_product(benchmark::State& state) {
  const Places& country = places(state.range(0));
  const Freeness entry{&country, 0.01 * static_cast<double>(state.range(1))};
  const numerics::HierarchicalMatrix kernel(country.tree, entry, options(state));
  const Eigen::MatrixXd x = country.size.replicate(1, state.range(3));
  Eigen::MatrixXd y(x.rows(), x.cols());
  for (auto _ : state) {
    kernel.multiply(x, y);
    benchmark::DoNotOptimize(y.data());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(kernel.bytes()));
}
BENCHMARK(compressed_product)
    ->ArgsProduct({{3000, 10000, 30000}, {50, 200}, {0}, {1}})
    ->Args({30000, 100, 0, 8})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

/// The same with all entries, R^2 of them.
void dense_product(benchmark::State& state) {
  const Places& country = places(state.range(0));
  const Freeness entry{&country, 1.0};
  const Eigen::MatrixXd kernel = Eigen::MatrixXd::NullaryExpr(country.size.rows(), country.size.rows(), entry);
  Eigen::MatrixXd y(country.size.rows(), 1);
  for (auto _ : state) {
    y.noalias() = kernel * country.size;
    benchmark::DoNotOptimize(y.data());
  }
  state.SetBytesProcessed(state.iterations() * kernel.size() * static_cast<std::int64_t>(sizeof(double)));
}
BENCHMARK(dense_product)->Arg(3000)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
