/// People one by one. Every draw belongs to (seed, person, year, purpose): the same for any number of threads and whatever other people do.
/// docs/model.md#people.
#pragma once

#include <functional>
#include <memory>
#include <tuple>
#include <vector>

#include "dynamics/people_frame.h"
#include "dynamics/people_rules.h"
#include "dynamics/population_record.h"

namespace pericore::dynamics {

/// One person, or the persons that one agent stands for.
struct Person {
  std::uint64_t id;  ///< unique for the whole run: place, group and year first counted, ordinal
  Eigen::Index group;
  Eigen::Index region;
  Eigen::Index home;        ///< region he comes from
  Eigen::Index registered;  ///< region of registration: of a migrant where he left, of others where they live
  int of_age;               ///< year he came of age, 0 the base year; negative before it
  double persons;           ///< that he stands for
};

/// Persons that pass a door in a year, and who is there in the end, [r,f].
struct PeopleDoors {
  economy::Array stock;  ///< of the groups of agents
  economy::Array retired;
  economy::Array entered;
  economy::Array converted_out;  ///< from agents, and from cohorts into agents
  economy::Array converted_in;   ///< the same people in the group they change into
  economy::Array moved_out;
  economy::Array moved_in;
  economy::Array paid;           ///< by the group they leave: who changes group beyond the base rate
  std::vector<AgentMove> moves;  ///< one by one; none unless the rules ask for them

  PeopleDoors(Eigen::Index regions, Eigen::Index factors);
  void add(const PeopleDoors& other);
};

class PeopleAgents;
struct PeopleChoices;

struct PeopleStep {
  std::shared_ptr<const PeopleAgents> next;
  PeopleDoors doors;
};

/// Agents of all groups that have them, as arrays in chunks of bounded length: 15 bytes a person. Never changes: a year makes another one.
class PeopleAgents {
 public:
  /// People of the base year: whole numbers of agents by region and group, worth as many persons as there are.
  /// @param stock  [r,f] persons
  /// @throws InputError  if there are more than 65,535 regions, 63 factors or 2^29 agents of a group in a region
  PeopleAgents(std::shared_ptr<const PeopleFrame> frame, const economy::Array& stock);

  /// Whether a factor is a group of agents.
  [[nodiscard]] bool holds(Eigen::Index factor) const { return frame_->agents[static_cast<std::size_t>(factor)]; }

  /// One year. Order: retirement, change of group of those who do not retire, entry, moves of who is there then.
  /// @param stock  [r,f] persons at the start of the year, of which those of cohorts may change into a group of agents, as many as draws say
  [[nodiscard]] PeopleStep step(const PeopleRules& rules, const economy::Array& stock) const;

  /// Records all that steps depend on beside the frame.
  [[nodiscard]] PopulationRecord record() const;

  /// The population of a record that one of the same run made.
  [[nodiscard]] std::shared_ptr<const PeopleAgents> restored(const PopulationRecord& record) const;

  [[nodiscard]] std::size_t count() const;

  /// Bytes that the agents' arrays take.
  [[nodiscard]] std::size_t bytes() const;

  /// Visits the agents in a fixed order.
  void visit(const std::function<void(const Person&)>& visitor) const;

 private:
  struct Chunk {
    std::vector<std::uint64_t> id;
    std::vector<std::uint16_t> region;
    std::vector<std::uint16_t> home;
    std::vector<std::uint16_t> registered;
    std::vector<std::uint8_t> group;

    [[nodiscard]] auto columns() { return std::tie(id, region, home, registered, group); }
    [[nodiscard]] auto columns() const { return std::tie(id, region, home, registered, group); }
  };

  PeopleAgents(std::shared_ptr<const PeopleFrame> frame, int year) : frame_(std::move(frame)), year_(year) {}
  [[nodiscard]] double worth(std::uint64_t id) const;
  [[nodiscard]] std::uint16_t home(std::uint64_t id) const;
  [[nodiscard]] int of_age(std::uint64_t id) const;
  [[nodiscard]] Eigen::Index place_after_change(const PeopleChoices& choices, std::uint64_t id, Eigen::Index group,
                                                Eigen::Index region) const;
  void put_newcomer(Chunk& chunk, std::size_t at, std::uint64_t id, Eigen::Index region, Eigen::Index group) const;
  [[nodiscard]] std::vector<Chunk> newcomers(const PeopleRules& rules, const PeopleChoices& choices,
                                             const economy::Array& stock, PeopleDoors& doors) const;
  bool leave_group(std::uint64_t id, double fate, const PeopleChoices& choices, std::uint16_t& region,
                   std::uint8_t& group, PeopleDoors& doors) const;
  [[nodiscard]] Chunk live(const Chunk& chunk, bool new_here, const PeopleChoices& choices, Chunk& room,
                           PeopleDoors& doors) const;

  std::shared_ptr<const PeopleFrame> frame_;
  int year_ = 0;  ///< 0 in the base year, one more after each step
  std::vector<Chunk> chunks_;
};

}  // namespace pericore::dynamics
