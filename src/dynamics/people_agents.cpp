#include "dynamics/people_agents.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/errors.h"
#include "base/parallel.h"
#include "dynamics/agent_chunks.h"
#include "dynamics/people_choices.h"
#include "numerics/keyed_draws.h"
#include "numerics/keyed_words.h"
#include "numerics/poisson_draw.h"

namespace pericore::dynamics {
namespace {

using economy::Array;
using economy::Vector;

constexpr std::size_t tile = numerics::most_keyed_words;  // persons whose random words are made together
constexpr double per_word = 0x1.0p-32;

// An identity: 16 bits region and 6 bits group where first counted, 12 bits year, 30 bits ordinal; the upper half of the ordinals is for
// those whom policy makes change from a cohort, so that more of them leave the others who they are.
constexpr unsigned region_shift = 48;
constexpr unsigned group_shift = 42;
constexpr unsigned year_shift = 30;
constexpr std::uint64_t paid_bit = std::uint64_t{1} << 29U;
constexpr int last_year = (1 << 12) - 1;
constexpr Eigen::Index most_groups = 63;

// What draws are for.
constexpr std::uint32_t yearly_draws = 0x50000000U;
constexpr std::uint32_t counting_draws = 0x50010000U;
constexpr std::uint32_t founding_draws = 0x50020000U;
constexpr std::uint32_t changing_draws = 0x50030000U;

std::uint64_t identity(Eigen::Index region, Eigen::Index group, int year, std::uint64_t ordinal) {
  return (static_cast<std::uint64_t>(region) << region_shift) | (static_cast<std::uint64_t>(group) << group_shift) |
         (static_cast<std::uint64_t>(year) << year_shift) | ordinal;
}

Eigen::Index first_region(std::uint64_t id) { return static_cast<Eigen::Index>(id >> region_shift); }
Eigen::Index first_group(std::uint64_t id) { return static_cast<Eigen::Index>((id >> group_shift) & 0x3FU); }
int first_year(std::uint64_t id) { return static_cast<int>((id >> year_shift) & 0xFFFU); }

double uniform(std::uint32_t high, std::uint32_t low) {
  return (static_cast<double>(high) + (static_cast<double>(low) + 0.5) * per_word) * per_word;
}

}  // namespace

PeopleDoors::PeopleDoors(Eigen::Index regions, Eigen::Index factors)
    : stock(Array::Zero(regions, factors)),
      retired(stock),
      entered(stock),
      converted_out(stock),
      converted_in(stock),
      moved_out(stock),
      moved_in(stock),
      paid(stock) {}

void PeopleDoors::add(const PeopleDoors& other) {
  stock += other.stock;
  retired += other.retired;
  entered += other.entered;
  converted_out += other.converted_out;
  converted_in += other.converted_in;
  moved_out += other.moved_out;
  moved_in += other.moved_in;
  paid += other.paid;
  moves.insert(moves.end(), other.moves.begin(), other.moves.end());
}

PeopleAgents::PeopleAgents(std::shared_ptr<const PeopleFrame> frame, const Array& stock) : frame_(std::move(frame)) {
  const Array counts = frame_->counts(stock);
  if (counts.rows() > std::numeric_limits<std::uint16_t>::max() || counts.cols() > most_groups)
    throw InputError(fmt::format("people: agents works for at most 65535 regions and {} factors, not {} and {}",
                                 most_groups, counts.rows(), counts.cols()));
  if (counts.maxCoeff() > static_cast<double>(paid_bit))
    throw InputError(
        fmt::format("people: agents works for at most {} agents of a group in a region, not {:.0f}: "
                    "people_per_agent is too small",
                    paid_bit, counts.maxCoeff()));
  // Cells one after the other, all groups of a region together; chunk by chunk.
  const auto groups = static_cast<std::size_t>(counts.cols());
  std::vector<std::size_t> end;
  std::size_t total = 0;
  for (Eigen::Index r = 0; r < counts.rows(); ++r) {
    for (Eigen::Index f = 0; f < counts.cols(); ++f) end.push_back(total += static_cast<std::size_t>(counts(r, f)));
  }
  chunks_.resize(block_count(total, chunk_capacity));
  parallel_for_blocks(total, chunk_capacity, [&](std::size_t block, std::size_t first, std::size_t last) {
    Chunk& chunk = chunks_[block];
    resize(chunk, last - first);
    auto cell = static_cast<std::size_t>(std::upper_bound(end.begin(), end.end(), first) - end.begin());
    for (std::size_t k = first; k < last; ++k) {
      while (end[cell] <= k) ++cell;
      const auto region = static_cast<Eigen::Index>(cell / groups);
      const auto group = static_cast<Eigen::Index>(cell % groups);
      const std::size_t ordinal = k - (cell == 0 ? 0 : end[cell - 1]);
      put_newcomer(chunk, k - first, identity(region, group, 0, ordinal), region, group);
    }
  });
}

double PeopleAgents::worth(std::uint64_t id) const { return frame_->worth(first_region(id), first_group(id)); }

std::uint16_t PeopleAgents::home(std::uint64_t id) const {
  const Eigen::Index region = first_region(id);
  if (!frame_->origins || !frame_->migrant || first_group(id) != *frame_->migrant)
    return static_cast<std::uint16_t>(region);
  numerics::KeyedDraws draws(frame_->seed, founding_draws, id);
  return static_cast<std::uint16_t>(frame_->origins->draw(region, draws.uniform()));
}

int PeopleAgents::of_age(std::uint64_t id) const {
  const int year = first_year(id);
  const auto group = static_cast<std::size_t>(first_group(id));
  if (year > 0 && frame_->agents[group]) return year;
  if (frame_->ages.empty() || !(frame_->ages[group].total() > 0.0)) return year;
  numerics::KeyedDraws draws(frame_->seed, founding_draws, id);
  (void)draws.uniform();  // the home's
  return year - static_cast<int>(frame_->ages[group].draw(draws.uniform()));
}

/// Where one who changes group in a region lives afterwards.
Eigen::Index PeopleAgents::place_after_change(const PeopleChoices& choices, std::uint64_t id, Eigen::Index group,
                                              Eigen::Index region) const {
  const auto& places = choices.changed_to[static_cast<std::size_t>(group)];
  if (!places) return region;
  const auto block = numerics::keyed_block(frame_->seed, changing_draws, id, static_cast<std::uint32_t>(year_ + 1));
  return places->draw(region, uniform(block[0], block[1]));
}

/// One who is counted for the first time.
void PeopleAgents::put_newcomer(Chunk& chunk, std::size_t at, std::uint64_t id, Eigen::Index region,
                                Eigen::Index group) const {
  chunk.id[at] = id;
  chunk.region[at] = static_cast<std::uint16_t>(region);
  chunk.home[at] = home(id);
  chunk.registered[at] =
      frame_->migrant && group == *frame_->migrant ? chunk.home[at] : static_cast<std::uint16_t>(region);
  chunk.group[at] = static_cast<std::uint8_t>(group);
}

/// Who comes of age, and who leaves a cohort for a group of agents: chunks by region.
std::vector<PeopleAgents::Chunk> PeopleAgents::newcomers(const PeopleRules& rules, const PeopleChoices& choices,
                                                         const Array& stock, PeopleDoors& doors) const {
  const int year = year_ + 1;
  const Eigen::Index groups = stock.cols();
  std::vector<Chunk> chunks(static_cast<std::size_t>(stock.rows()));
  parallel_for(chunks.size(), 1, [&](std::size_t at) {
    const auto r = static_cast<Eigen::Index>(at);
    Chunk& chunk = chunks[at];
    for (Eigen::Index g = 0; g < groups; ++g) {
      const double worth = frame_->worth(r, g);
      numerics::KeyedDraws counting(frame_->seed, counting_draws, identity(r, g, year, 0));
      const auto add = [&](std::uint64_t count, std::uint64_t first, Eigen::Index into) {
        const std::size_t before = length(chunk);
        resize(chunk, before + count);
        for (std::size_t k = 0; k < count; ++k) {
          const std::uint64_t id = identity(r, g, year, first + k);
          const Eigen::Index region = into == g ? r : place_after_change(choices, id, g, r);
          put_newcomer(chunk, before + k, id, region, into);
        }
      };
      if (holds(g)) {
        const std::uint64_t count = numerics::poisson_draw(rules.entrants(r, g) / worth, counting.uniform());
        doors.entered(r, g) = static_cast<double>(count) * worth;
        add(count, 0, g);
        continue;
      }
      const GroupChange* change = choices.change[static_cast<std::size_t>(g)];
      if (change == nullptr || !holds(change->to) || !(stock(r, g) > 0.0)) continue;
      const double there = stock(r, g) / worth;
      const double paid_rate = change->paid(r);
      const double base_rate = change->eligible * change->share(r) - paid_rate;
      const double u_base = counting.uniform();
      const double u_paid = counting.uniform();
      const auto most = static_cast<std::uint64_t>((1.0 - rules.turnover) * there);
      const std::uint64_t at_base = std::min(numerics::poisson_draw(base_rate * there, u_base), most);
      const std::uint64_t paid = std::min(numerics::poisson_draw(paid_rate * there, u_paid), most - at_base);
      doors.converted_out(r, g) = static_cast<double>(at_base + paid) * worth;
      doors.paid(r, g) = static_cast<double>(paid) * worth;
      add(at_base, 0, change->to);
      add(paid, paid_bit, change->to);
    }
  });
  return chunks;
}

/// One whose draw says that he retires or changes group.
/// @return whether he is an agent afterwards
bool PeopleAgents::leave_group(std::uint64_t id, double fate, const PeopleChoices& choices, std::uint16_t& region,
                               std::uint8_t& group, PeopleDoors& doors) const {
  const double persons = worth(id);
  if (fate < choices.retire[choices.cell(region, group)]) {
    doors.retired(region, group) += persons;
    return false;
  }
  doors.converted_out(region, group) += persons;
  if (fate >= choices.unpaid[choices.cell(region, group)]) doors.paid(region, group) += persons;
  region = static_cast<std::uint16_t>(place_after_change(choices, id, group, region));
  group = static_cast<std::uint8_t>(choices.change[group]->to);
  doors.converted_in(region, group) += persons;
  return choices.agents[group] != 0;
}

/// The year of one chunk. `room` is as long as the longest chunk.
/// @param new_here  they have come this year: they move like others, but neither retire nor change group once more
PeopleAgents::Chunk PeopleAgents::live(const Chunk& chunk, bool new_here, const PeopleChoices& choices, Chunk& room,
                                       PeopleDoors& doors) const {
  const double* const leave = choices.leave.data();
  const double* const reconsider = choices.reconsider.data();
  const char* const registers = choices.registers.data();
  std::uint64_t* const id_kept = room.id.data();
  std::uint16_t* const region_kept = room.region.data();
  std::uint16_t* const home_kept = room.home.data();
  std::uint16_t* const registered_kept = room.registered.data();
  std::uint8_t* const group_kept = room.group.data();
  const std::size_t size = length(chunk);
  std::size_t kept = 0;
  // Neighbours are mostly of one cell: its sum stays in a register until another cell comes.
  std::size_t open_cell = 0;
  double open_sum = 0.0;
  numerics::KeyedWords random;
  for (std::size_t begin = 0; begin < size; begin += tile) {
    const std::size_t count = std::min(tile, size - begin);
    numerics::keyed_words(frame_->seed, yearly_draws, &chunk.id[begin], count, static_cast<std::uint32_t>(year_ + 1),
                          random);
    for (std::size_t k = 0; k < count; ++k) {
      const std::size_t i = begin + k;
      const std::uint64_t id = chunk.id[i];
      std::uint16_t region = chunk.region[i];
      std::uint8_t group = chunk.group[i];
      if (new_here) {
        if (group != first_group(id)) doors.converted_in(region, group) += worth(id);
      } else {
        const double fate = static_cast<double>(random[0][k]) + 0.5;
        if (fate < leave[choices.cell(region, group)] && !leave_group(id, fate, choices, region, group, doors))
          continue;
      }
      if (static_cast<double>(random[1][k]) + 0.5 < reconsider[group]) {
        const auto to =
            static_cast<std::uint16_t>(choices.moved_to[group]->draw(region, uniform(random[2][k], random[3][k])));
        if (to != region) {
          doors.moved_out(region, group) += worth(id);
          doors.moved_in(to, group) += worth(id);
          if (choices.moves_between) doors.moves.push_back({.from = region, .to = to, .count = worth(id)});
          region = to;
        }
      }
      const std::size_t cell = choices.cell(region, group);
      if (cell != open_cell) {
        doors.stock.data()[open_cell] += open_sum;
        open_cell = cell;
        open_sum = 0.0;
      }
      open_sum += worth(id);
      id_kept[kept] = id;
      region_kept[kept] = region;
      home_kept[kept] = chunk.home[i];
      registered_kept[kept] = registers[group] != 0 ? region : chunk.registered[i];
      group_kept[kept] = group;
      ++kept;
    }
  }
  doors.stock.data()[open_cell] += open_sum;
  return head(room, kept);
}

PeopleStep PeopleAgents::step(const PeopleRules& rules, const Array& stock) const {
  if (year_ == last_year) throw InputError(fmt::format("people: agents runs for at most {} years", last_year));
  const PeopleChoices choices(*frame_, rules, stock);
  PeopleDoors doors(stock.rows(), stock.cols());
  const std::vector<Chunk> newcomers = merged(this->newcomers(rules, choices, stock, doors));

  auto next = std::shared_ptr<PeopleAgents>(new PeopleAgents(frame_, year_ + 1));
  const std::size_t total = chunks_.size() + newcomers.size();
  std::vector<Chunk> after(total);
  const std::size_t grain = chunks_per_block(total);
  std::vector<PeopleDoors> parts(block_count(total, grain), PeopleDoors(stock.rows(), stock.cols()));
  parallel_for_blocks(total, grain, [&](std::size_t block, std::size_t begin, std::size_t end) {
    const auto chunk = [&](std::size_t c) -> const Chunk& {
      return c < chunks_.size() ? chunks_[c] : newcomers[c - chunks_.size()];
    };
    std::size_t longest = 0;
    for (std::size_t c = begin; c < end; ++c) longest = std::max(longest, length(chunk(c)));
    Chunk room;
    resize(room, longest);
    for (std::size_t c = begin; c < end; ++c)
      after[c] = live(chunk(c), c >= chunks_.size(), choices, room, parts[block]);
  });
  for (const PeopleDoors& part : parts) doors.add(part);
  next->chunks_ = merged(std::move(after));
  return {.next = std::move(next), .doors = std::move(doors)};
}

std::size_t PeopleAgents::count() const {
  std::size_t total = 0;
  for (const Chunk& chunk : chunks_) total += length(chunk);
  return total;
}

std::size_t PeopleAgents::bytes() const {
  std::size_t total = 0;
  for (const Chunk& chunk : chunks_) total += allocated(chunk);
  return total;
}

void PeopleAgents::visit(const std::function<void(const Person&)>& visitor) const {
  for (const Chunk& chunk : chunks_) {
    for (std::size_t k = 0; k < length(chunk); ++k) {
      visitor({.id = chunk.id[k],
               .group = chunk.group[k],
               .region = chunk.region[k],
               .home = chunk.home[k],
               .registered = chunk.registered[k],
               .of_age = of_age(chunk.id[k]),
               .persons = worth(chunk.id[k])});
    }
  }
}

PopulationRecord PeopleAgents::record() const {
  PopulationRecord record;
  record.integers["year"] = {year_};
  auto& lengths = record.integers["chunks"];
  auto& ids = record.integers["id"];
  auto& rest = record.integers["rest"];
  for (const Chunk& chunk : chunks_) {
    lengths.push_back(static_cast<std::int64_t>(length(chunk)));
    for (std::size_t k = 0; k < length(chunk); ++k) {
      ids.push_back(static_cast<std::int64_t>(chunk.id[k]));
      rest.push_back((static_cast<std::int64_t>(chunk.region[k]) << 40) |
                     (static_cast<std::int64_t>(chunk.home[k]) << 24) |
                     (static_cast<std::int64_t>(chunk.registered[k]) << 8) | static_cast<std::int64_t>(chunk.group[k]));
    }
  }
  return record;
}

std::shared_ptr<const PeopleAgents> PeopleAgents::restored(const PopulationRecord& record) const {
  auto result =
      std::shared_ptr<PeopleAgents>(new PeopleAgents(frame_, static_cast<int>(record.integers.at("year").at(0))));
  const auto& ids = record.integers.at("id");
  const auto& rest = record.integers.at("rest");
  std::size_t at = 0;
  for (const std::int64_t count : record.integers.at("chunks")) {
    Chunk chunk;
    resize(chunk, static_cast<std::size_t>(count));
    for (std::size_t k = 0; k < length(chunk); ++k, ++at) {
      const auto bits = static_cast<std::uint64_t>(rest.at(at));
      chunk.id[k] = static_cast<std::uint64_t>(ids.at(at));
      chunk.region[k] = static_cast<std::uint16_t>(bits >> 40U);
      chunk.home[k] = static_cast<std::uint16_t>(bits >> 24U);
      chunk.registered[k] = static_cast<std::uint16_t>(bits >> 8U);
      chunk.group[k] = static_cast<std::uint8_t>(bits);
    }
    result->chunks_.push_back(std::move(chunk));
  }
  return result;
}

}  // namespace pericore::dynamics
