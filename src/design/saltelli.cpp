#include "design/saltelli.h"

#include <vector>

#include "base/errors.h"

namespace pericore::design {
namespace {

class SaltelliDesign final : public Design {
 public:
  explicit SaltelliDesign(const Saltelli& options)
      : Design(detail::product_of_counts(options.base_points, layout_of(options).block()), options.groups.dimensions()),
        options_(options),
        layout_(layout_of(options)),
        sequence_(2 * options.groups.dimensions(), options.scrambling, options.seed) {
    if (options.base_points > SobolSequence::most_points ||
        options.skip > SobolSequence::most_points - options.base_points) {
      throw DomainError("Saltelli: skip and base points go beyond the 2^32 points of the sequence");
    }
  }

 private:
  void fill(std::uint64_t row, std::span<double> unit) const override {
    const SaltelliRow what = layout_.describe(row);
    const std::uint64_t index = options_.skip + what.base_point;
    const std::size_t d = dimensions();
    const bool mostly_a = what.matrix == SaltelliMatrix::a || what.matrix == SaltelliMatrix::ab;
    sequence_.point(index, mostly_a ? 0 : d, unit);
    if (what.matrix == SaltelliMatrix::a || what.matrix == SaltelliMatrix::b) return;
    for (std::size_t k = 0; k < d; ++k) {
      if (options_.groups.of(k) == what.group) sequence_.point(index, mostly_a ? d + k : k, unit.subspan(k, 1));
    }
  }

  Saltelli options_;
  SaltelliLayout layout_;
  SobolSequence sequence_;
};

}  // namespace

SaltelliRow SaltelliLayout::describe(std::uint64_t row) const {
  const std::uint64_t base_point = row / block();
  const auto place = static_cast<std::size_t>(row % block());
  if (place == 0) return {.base_point = base_point, .matrix = SaltelliMatrix::a};
  if (place == block() - 1) return {.base_point = base_point, .matrix = SaltelliMatrix::b};
  if (place <= groups_) return {.base_point = base_point, .matrix = SaltelliMatrix::ab, .group = place - 1};
  return {.base_point = base_point, .matrix = SaltelliMatrix::ba, .group = place - 1 - groups_};
}

std::size_t SaltelliLayout::place(SaltelliMatrix matrix, std::size_t group) const {
  switch (matrix) {
    case SaltelliMatrix::a:
      return 0;
    case SaltelliMatrix::ab:
      return 1 + group;
    case SaltelliMatrix::ba:
      return 1 + groups_ + group;
    case SaltelliMatrix::b:
      break;
  }
  return block() - 1;
}

SaltelliLayout layout_of(const Saltelli& options) { return {options.groups.count(), options.second_order}; }

DesignPointer make_design(const Saltelli& options) { return std::make_unique<SaltelliDesign>(options); }

}  // namespace pericore::design
