#include "dynamics/firm_agents.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/errors.h"
#include "base/parallel.h"
#include "dynamics/agent_chunks.h"
#include "dynamics/destination_tables.h"
#include "dynamics/firm_distribution.h"
#include "dynamics/firm_founders.h"
#include "numerics/keyed_draws.h"
#include "numerics/keyed_words.h"
#include "numerics/poisson_draw.h"

namespace pericore::dynamics {
namespace {

using economy::Array;
using economy::Vector;

constexpr std::size_t tile = numerics::most_keyed_words;  // firms whose random words are made together
constexpr double per_word = 0x1.0p-32;

// An identity: 16 bits founding region, 12 bits year of foundation, 36 bits ordinal, foreign ones in the upper half.
constexpr unsigned region_shift = 48;
constexpr unsigned year_shift = 36;
constexpr std::uint64_t foreign_bit = std::uint64_t{1} << 35U;
constexpr int last_year = (1 << 12) - 1;

// What draws are for; the sector is added.
constexpr std::uint32_t yearly_draws = 0x46000000U;
constexpr std::uint32_t counting_draws = 0x46010000U;
constexpr std::uint32_t founding_draws = 0x46020000U;

std::uint64_t identity(Eigen::Index region, int year, std::uint64_t ordinal) {
  return (static_cast<std::uint64_t>(region) << region_shift) | (static_cast<std::uint64_t>(year) << year_shift) |
         ordinal;
}

std::uint16_t founded_in(std::uint64_t id) { return static_cast<std::uint16_t>(id >> region_shift); }

std::vector<double> cumulated(const Eigen::Ref<const Eigen::VectorXd>& weights) {
  std::vector<double> result(weights.data(), weights.data() + weights.size());
  std::partial_sum(result.begin(), result.end(), result.begin());
  const double total = result.back();
  for (double& value : result) value /= total;
  result.back() = 1.0;
  return result;
}

}  // namespace

/// Sums over agents of one block, [firms] by region.
struct FirmAgents::Tally {
  Eigen::ArrayX2d firms;  ///< domestic, foreign
  Eigen::ArrayX2d size;
  Array seen;  ///< [node, region] domestic
  Vector exits;
  Vector moved_out;
  Array moved_in;  ///< [region, search class]
  std::vector<AgentMove> moves;

  Tally(Eigen::Index regions, Eigen::Index nodes_seen, Eigen::Index searches)
      : firms(Eigen::ArrayX2d::Zero(regions, 2)),
        size(firms),
        seen(Array::Zero(nodes_seen, nodes_seen > 0 ? regions : 0)),
        exits(Vector::Zero(regions)),
        moved_out(exits),
        moved_in(Array::Zero(regions, searches)) {}

  void add(const Tally& other) {
    firms += other.firms;
    size += other.size;
    seen += other.seen;
    exits += other.exits;
    moved_out += other.moved_out;
    moved_in += other.moved_in;
    moves.insert(moves.end(), other.moves.begin(), other.moves.end());
  }
};

/// What every firm of a sector meets in a year, as tables.
struct FirmAgents::Choices {
  std::vector<double> exit_factor;  ///< by region, in units of random words
  std::vector<double> exit_offset;  ///< by region: a whole range of words where nobody stays in business
  std::array<std::vector<double>, n_firm_owners> search;  ///< by owner and region, in units of random words
  std::vector<std::size_t> search_class;                  ///< by region
  std::vector<DestinationTables> tables;                  ///< by search class
  bool moves_between;

  explicit Choices(const FirmRules& rules) : moves_between(rules.moves_between) {
    constexpr double words = 0x1.0p32;
    const auto regions = static_cast<std::size_t>(rules.exit_factor.size());
    search_class.assign(regions, 0);
    for (std::vector<double>& rate : search) rate.assign(regions, 0.0);
    const Vector state_rate = rules.state_search_rate();
    for (std::size_t r = 0; r < regions; ++r) {
      const auto at = static_cast<Eigen::Index>(r);
      const bool closed = std::isinf(rules.exit_factor(at));
      exit_factor.push_back(closed ? 0.0 : words * rules.exit_factor(at));
      exit_offset.push_back(closed ? words : 0.0);
      search[static_cast<std::size_t>(FirmOwner::private_owner)][r] = words * rules.search_rate;
      search[static_cast<std::size_t>(FirmOwner::state)][r] = words * state_rate(at);
    }
    for (std::size_t c = 0; c < rules.search.size(); ++c) {
      const SearchClass& one = rules.search[c];
      for (std::size_t r = 0; r < regions; ++r) {
        if (one.member(static_cast<Eigen::Index>(r)) != 0.0) search_class[r] = c;
      }
      tables.emplace_back(*rules.kernel, rules.log_stay, one.log_weight, one.member);
    }
  }
};

FirmAgents::FirmAgents(std::shared_ptr<const FirmClasses> classes, const FirmCensus& census, double firms_per_agent,
                       std::uint64_t seed, std::uint32_t sector)
    : classes_(std::move(classes)), seed_(seed), sector_(sector) {
  const Eigen::Index regions = census.firms.size();
  if (regions > std::numeric_limits<std::uint16_t>::max())
    throw InputError(fmt::format("firms: agents works for at most 65535 regions, not {}", regions));
  const Vector domestic_share = 1.0 - census.foreign_share;
  state_founders_ = (domestic_share > 0.0).select((census.state_share / domestic_share).min(1.0), 0.0);
  worth_ = Vector::Constant(regions, firms_per_agent);
  std::vector<std::size_t> counts(static_cast<std::size_t>(regions), 0);
  for (Eigen::Index r = 0; r < regions; ++r) {
    if (!(census.firms(r) > 0.0)) continue;
    const double count = std::max(1.0, std::round(census.firms(r) / firms_per_agent));
    counts[static_cast<std::size_t>(r)] = static_cast<std::size_t>(count);
    worth_(r) = census.firms(r) / count;
  }

  // Classes in the order of the draw: owner, node, age.
  const Eigen::Index ages = classes_->ages();
  const Eigen::Index cells = classes_->hazard.size();
  std::vector<Chunk> by_region(counts.size());
  parallel_for(counts.size(), 1, [&](std::size_t at) {
    const auto r = static_cast<Eigen::Index>(at);
    Chunk& chunk = by_region[at];
    resize(chunk, counts[at]);
    if (counts[at] == 0) return;
    Eigen::VectorXd share(n_firm_owners * cells);
    const double foreign = census.foreign_share(r);
    const Eigen::Map<const Eigen::VectorXd> incumbents(classes_->incumbents.data(), cells);
    share.segment(0, cells) = (1.0 - foreign) * (1.0 - state_founders_(r)) * incumbents;
    share.segment(cells, cells) = (1.0 - foreign) * state_founders_(r) * incumbents;
    share.segment(2 * cells, cells) = foreign * incumbents;
    const std::vector<double> below = cumulated(share);

    numerics::KeyedDraws offset(seed_, counting_draws | sector_, static_cast<std::uint64_t>(r));
    const double start = offset.uniform();
    std::size_t cell = 0;
    for (std::size_t k = 0; k < counts[at]; ++k) {
      const double u = (static_cast<double>(k) + start) / static_cast<double>(counts[at]);
      while (cell + 1 < below.size() && below[cell] <= u) ++cell;
      const auto owner = static_cast<Eigen::Index>(cell) / cells;
      const Eigen::Index within = static_cast<Eigen::Index>(cell) % cells;
      const std::uint64_t id = identity(r, 0, k);
      numerics::KeyedDraws draws(seed_, founding_draws | sector_, id);
      Eigen::Index age = within % ages;
      const double hazard = classes_->hazard.data()[within];
      if (age + 1 == ages && hazard > 0.0 && hazard < 1.0)  // the last class holds all older firms
        age += static_cast<Eigen::Index>(std::log(draws.uniform()) / std::log1p(-hazard));
      chunk.id[k] = id;
      chunk.region[k] = static_cast<std::uint16_t>(r);
      chunk.born[k] = static_cast<std::int16_t>(-std::min<Eigen::Index>(age, std::numeric_limits<std::int16_t>::max()));
      chunk.node[k] = static_cast<std::uint8_t>(within / ages);
      chunk.owner[k] = static_cast<std::uint8_t>(owner);
    }
  });

  Chunk open;
  for (const Chunk& one : by_region) {
    for (std::size_t k = 0; k < length(one); ++k) {
      if (length(open) == chunk_capacity) {
        chunks_.push_back(std::move(open));
        open = {};
      }
      if (length(open) == 0) reserve(open, chunk_capacity);
      open.id.push_back(one.id[k]);
      open.region.push_back(one.region[k]);
      open.born.push_back(one.born[k]);
      open.node.push_back(one.node[k]);
      open.owner.push_back(one.owner[k]);
    }
  }
  if (length(open) > 0) chunks_.push_back(std::move(open));
  // So that sums of a year do not depend on whether chunks have been made or restored.
  Tally tally(regions, classes_->imitation.size() > 0 ? classes_->nodes() : 0, 0);
  for (const Chunk& chunk : chunks_) count_in(chunk, tally);
  take(tally);
}

FirmAgents::FirmAgents(const FirmAgents& other, WithoutFirms /*tag*/)
    : classes_(other.classes_),
      seed_(other.seed_),
      sector_(other.sector_),
      year_(other.year_),
      worth_(other.worth_),
      state_founders_(other.state_founders_),
      seen_(Array::Zero(other.seen_.rows(), other.seen_.cols())) {}

void FirmAgents::count_in(const Chunk& chunk, Tally& tally) const {
  const Eigen::Index regions = tally.firms.rows();
  const bool watched = tally.seen.size() > 0;
  const double* worth_of = worth_.data();
  const double* size_of = classes_->size.data();
  double* firms = tally.firms.data();
  double* sizes = tally.size.data();
  for (std::size_t k = 0; k < length(chunk); ++k) {
    const double worth = worth_of[founded_in(chunk.id[k])];
    const bool foreign = chunk.owner[k] == static_cast<std::uint8_t>(FirmOwner::foreign);
    const Eigen::Index at = chunk.region[k] + (foreign ? regions : 0);
    firms[at] += worth;
    sizes[at] += worth * size_of[chunk.node[k]];
    if (watched && !foreign) tally.seen(chunk.node[k], chunk.region[k]) += worth;
  }
}

void FirmAgents::take(const Tally& tally) {
  domestic_ = tally.firms.col(0);
  foreign_ = tally.firms.col(1);
  domestic_size_ = tally.size.col(0);
  foreign_size_ = classes_->foreign_scale * tally.size.col(1);
  seen_ = tally.seen;
}

FirmTotals FirmAgents::totals() const {
  FirmTotals totals{
      .firms = domestic_ + foreign_, .effective_firms = domestic_size_ + foreign_size_, .foreign_share = {}};
  totals.foreign_share = (totals.effective_firms > 0.0).select(foreign_size_ / totals.effective_firms, 0.0);
  return totals;
}

/// Exit and relocation of one chunk. `room` is as long as the longest chunk.
FirmAgents::Chunk FirmAgents::survive(const Chunk& chunk, const Choices& choices, Chunk& room, Tally& tally) const {
  const auto year = static_cast<std::uint32_t>(year_ + 1);
  const std::uint32_t purpose = yearly_draws | sector_;
  const auto ages = static_cast<int>(classes_->ages());
  const double* factor = classes_->factor.data();
  std::size_t kept = 0;
  numerics::KeyedWords words;
  for (std::size_t begin = 0; begin < length(chunk); begin += tile) {
    const std::size_t count = std::min(tile, length(chunk) - begin);
    numerics::keyed_words(seed_, purpose, &chunk.id[begin], count, year, words);
    for (std::size_t k = 0; k < count; ++k) {
      const std::size_t i = begin + k;
      std::uint16_t region = chunk.region[i];
      const std::uint64_t id = chunk.id[i];
      const std::uint8_t node = chunk.node[i];
      const std::uint8_t owner = chunk.owner[i];
      const int age = ages == 1 ? 0 : std::min(year_ - chunk.born[i], ages - 1);
      const double threshold =
          choices.exit_factor[region] * factor[static_cast<int>(node) * ages + age] + choices.exit_offset[region];
      if (static_cast<double>(words[0][k]) + 0.5 < threshold) {
        tally.exits(region) += worth_(founded_in(id));
        continue;
      }
      if (static_cast<double>(words[1][k]) + 0.5 < choices.search[owner][region]) {
        const std::size_t search = choices.search_class[region];
        const double u =
            (static_cast<double>(words[2][k]) + (static_cast<double>(words[3][k]) + 0.5) * per_word) * per_word;
        const auto to = static_cast<std::uint16_t>(choices.tables[search].draw(region, u));
        if (to != region) {
          const double worth = worth_(founded_in(id));
          tally.moved_out(region) += worth;
          tally.moved_in(to, static_cast<Eigen::Index>(search)) += worth;
          if (choices.moves_between) tally.moves.push_back({.from = region, .to = to, .count = worth});
          region = to;
        }
      }
      room.id[kept] = id;
      room.region[kept] = region;
      room.born[kept] = chunk.born[i];
      room.node[kept] = node;
      room.owner[kept] = owner;
      ++kept;
    }
  }
  Chunk survivors = head(room, kept);
  count_in(survivors, tally);
  return survivors;
}

FirmStep FirmAgents::step(const FirmParameters& parameters, const FirmRules& rules) const {
  if (year_ == last_year) throw InputError(fmt::format("firms: agents runs for at most {} years", last_year));
  const Eigen::Index regions = worth_.size();
  const auto searches = static_cast<Eigen::Index>(rules.search.size());
  const Eigen::Index nodes_seen = classes_->imitation.size() > 0 ? classes_->nodes() : 0;
  const Choices choices(rules);

  auto next = std::shared_ptr<FirmAgents>(new FirmAgents(*this, WithoutFirms{}));
  next->year_ = year_ + 1;
  next->chunks_.resize(chunks_.size());
  const std::size_t grain = chunks_per_block(chunks_.size());
  std::vector<Tally> tallies(block_count(chunks_.size(), grain), Tally(regions, nodes_seen, searches));
  parallel_for_blocks(chunks_.size(), grain, [&](std::size_t block, std::size_t begin, std::size_t end) {
    std::size_t longest = 0;
    for (std::size_t c = begin; c < end; ++c) longest = std::max(longest, length(chunks_[c]));
    Chunk room;
    resize(room, longest);
    for (std::size_t c = begin; c < end; ++c) next->chunks_[c] = survive(chunks_[c], choices, room, tallies[block]);
  });
  Tally tally(regions, nodes_seen, searches);
  for (const Tally& one : tallies) tally.add(one);

  FirmDoors doors;
  doors.exits = tally.exits;
  doors.moved_out = tally.moved_out;
  for (Eigen::Index c = 0; c < searches; ++c) doors.moved_in.emplace_back(tally.moved_in.col(c));
  if (rules.moves_between) doors.moved_between = moves_between(tally.moves, regions);
  next->found(parameters, rules, *this, doors, tally);
  next->take(tally);
  next->chunks_ = merged(std::move(next->chunks_));
  return {.next = std::move(next), .doors = std::move(doors)};
}

/// Adds the founders of the year and foreign firms that enter.
void FirmAgents::found(const FirmParameters& parameters, const FirmRules& rules, const FirmAgents& before,
                       FirmDoors& doors, Tally& tally) {
  const Eigen::Index regions = worth_.size();
  const Vector domestic = rules.entry_rate * founder_pool(parameters, *rules.kernel, before.domestic_);
  const FirmFounders founders_of(*classes_, parameters, *rules.kernel, before.domestic_, before.seen_);

  doors.entries = Vector::Zero(regions);
  doors.foreign_entries = Vector::Zero(regions);
  std::vector<Chunk> founded(static_cast<std::size_t>(regions));
  const auto count = static_cast<std::size_t>(regions);
  parallel_for(count, 1, [&](std::size_t at) {
    const auto r = static_cast<Eigen::Index>(at);
    numerics::KeyedDraws counting(seed_, counting_draws | sector_, identity(r, year_, 0));
    const double u_domestic = counting.uniform();
    const double u_foreign = counting.uniform();
    const std::uint64_t founders = numerics::poisson_draw(domestic(r) / worth_(r), u_domestic);
    const std::uint64_t foreign = numerics::poisson_draw(rules.foreign_entries(r) / worth_(r), u_foreign);
    doors.entries(r) = static_cast<double>(founders) * worth_(r);
    doors.foreign_entries(r) = static_cast<double>(foreign) * worth_(r);
    Chunk& chunk = founded[at];
    resize(chunk, founders + foreign);
    for (std::size_t k = 0; k < length(chunk); ++k) {
      const bool is_foreign = k >= founders;
      const std::uint64_t id = identity(r, year_, is_foreign ? (k - founders) | foreign_bit : k);
      numerics::KeyedDraws draws(seed_, founding_draws | sector_, id);
      const double u_node = draws.uniform();
      const double u_owner = draws.uniform();
      const std::size_t node =
          is_foreign ? founders_of.foreign_node(u_node) : founders_of.domestic_node(r, u_node, draws);
      const FirmOwner owner = is_foreign                     ? FirmOwner::foreign
                              : u_owner < state_founders_(r) ? FirmOwner::state
                                                             : FirmOwner::private_owner;
      chunk.id[k] = id;
      chunk.region[k] = static_cast<std::uint16_t>(r);
      chunk.born[k] = static_cast<std::int16_t>(year_);
      chunk.node[k] = static_cast<std::uint8_t>(node);
      chunk.owner[k] = static_cast<std::uint8_t>(owner);
    }
  });
  for (Chunk& chunk : founded) {
    if (length(chunk) == 0) continue;
    count_in(chunk, tally);
    chunks_.push_back(std::move(chunk));
  }
}

std::size_t FirmAgents::count() const {
  std::size_t total = 0;
  for (const Chunk& chunk : chunks_) total += length(chunk);
  return total;
}

std::shared_ptr<const FirmPopulation> FirmAgents::mean_field() const {
  const Eigen::Index ages = classes_->ages();
  std::array<Array, n_firm_owners> mass;
  mass.fill(Array::Zero(worth_.size(), classes_->hazard.size()));
  for (const Chunk& chunk : chunks_) {
    for (std::size_t k = 0; k < length(chunk); ++k) {
      const auto age = std::min<Eigen::Index>(year_ - chunk.born[k], ages - 1);
      mass[chunk.owner[k]](chunk.region[k], chunk.node[k] * ages + age) += worth_(founded_in(chunk.id[k]));
    }
  }
  return std::make_shared<FirmDistribution>(classes_, state_founders_, std::move(mass));
}

std::size_t FirmAgents::bytes() const {
  std::size_t total = 0;
  for (const Chunk& chunk : chunks_) total += allocated(chunk);
  return total;
}

void FirmAgents::visit(const std::function<void(const Firm&)>& visitor) const {
  for (const Chunk& chunk : chunks_) {
    for (std::size_t k = 0; k < length(chunk); ++k) {
      const std::uint16_t origin = founded_in(chunk.id[k]);
      const auto owner = static_cast<FirmOwner>(chunk.owner[k]);
      const double scale = owner == FirmOwner::foreign ? classes_->foreign_scale : 1.0;
      visitor({.id = chunk.id[k],
               .region = chunk.region[k],
               .founded_in = origin,
               .born = chunk.born[k],
               .size = scale * classes_->size(chunk.node[k]),
               .owner = owner,
               .firms = worth_(origin)});
    }
  }
}

PopulationRecord FirmAgents::record() const {
  PopulationRecord record;
  record.integers["year"] = {year_};
  auto& lengths = record.integers["chunks"];
  auto& ids = record.integers["id"];
  auto& rest = record.integers["rest"];
  for (const Chunk& chunk : chunks_) {
    lengths.push_back(static_cast<std::int64_t>(length(chunk)));
    for (std::size_t k = 0; k < length(chunk); ++k) {
      ids.push_back(static_cast<std::int64_t>(chunk.id[k]));
      rest.push_back((static_cast<std::int64_t>(chunk.born[k]) << 32) |
                     (static_cast<std::int64_t>(chunk.region[k]) << 16) |
                     (static_cast<std::int64_t>(chunk.node[k]) << 8) | chunk.owner[k]);
    }
  }
  const auto keep = [&](const char* name, const Eigen::Ref<const Array>& values) {
    const Array copy = values;
    record.numbers[name].assign(copy.data(), copy.data() + copy.size());
  };
  keep("domestic", domestic_);
  keep("foreign", foreign_);
  keep("domestic_size", domestic_size_);
  keep("foreign_size", foreign_size_);
  keep("seen", seen_);
  return record;
}

std::shared_ptr<const FirmPopulation> FirmAgents::restored(const PopulationRecord& record) const {
  auto result = std::shared_ptr<FirmAgents>(new FirmAgents(*this, WithoutFirms{}));
  result->year_ = static_cast<int>(record.integers.at("year").at(0));
  const auto& ids = record.integers.at("id");
  const auto& rest = record.integers.at("rest");
  std::size_t at = 0;
  for (const std::int64_t count : record.integers.at("chunks")) {
    Chunk chunk;
    resize(chunk, static_cast<std::size_t>(count));
    for (std::size_t k = 0; k < length(chunk); ++k, ++at) {
      const auto bits = static_cast<std::uint64_t>(rest.at(at));
      chunk.id[k] = static_cast<std::uint64_t>(ids.at(at));
      chunk.born[k] = static_cast<std::int16_t>(rest[at] >> 32);
      chunk.region[k] = static_cast<std::uint16_t>(bits >> 16U);
      chunk.node[k] = static_cast<std::uint8_t>(bits >> 8U);
      chunk.owner[k] = static_cast<std::uint8_t>(bits);
    }
    result->chunks_.push_back(std::move(chunk));
  }
  const auto read = [&](const char* name, Vector& values) {
    const std::vector<double>& numbers = record.numbers.at(name);
    values = Eigen::Map<const Vector>(numbers.data(), static_cast<Eigen::Index>(numbers.size()));
  };
  read("domestic", result->domestic_);
  read("foreign", result->foreign_);
  read("domestic_size", result->domestic_size_);
  read("foreign_size", result->foreign_size_);
  const std::vector<double>& seen = record.numbers.at("seen");
  if (!seen.empty()) result->seen_ = Eigen::Map<const Array>(seen.data(), seen_.rows(), seen_.cols());
  return result;
}

}  // namespace pericore::dynamics
