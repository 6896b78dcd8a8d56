/// Behavioural parameters of the laws of motion. Plain data; docs/model.md#firms, #people, #growth.
#pragma once

#include <Eigen/Dense>
#include <cstdint>
#include <optional>
#include <vector>

namespace pericore::dynamics {

/// How the firms of a sector are represented; docs/model.md#firms.
enum class FirmForm {
  mean_field,  ///< expected flows
  agents,      ///< firm by firm, by keyed draws
};

enum class SizeDistribution { lognormal, pareto };

/// How firms of a sector differ in productivity phi and age. Without dispersion and without an age profile they are all alike.
struct FirmHeterogeneity {
  SizeDistribution distribution = SizeDistribution::lognormal;
  double dispersion = 0.0;   ///< lognormal: standard deviation of ln phi among incumbents [log], >= 0
  double tail = 0.0;         ///< pareto: exponent of the tail of phi [1], above sigma - 1
  int nodes = 32;            ///< classes of productivity, 2 to 256; without dispersion one
  double young_exit = 0.0;   ///< hazard of a newborn over that of an old firm, less 1 [1], >= 0
  double young_years = 5.0;  ///< in which the excess falls by the factor e [years], > 0
  double imitation =
      0.0;  ///< omega: correlation of a founder's ln phi with that of an incumbent he saw [1], 0 to below 1
};

/// How firms of one sector leave, look around and are founded.
struct FirmParameters {
  double exit_rate = 0.093;               ///< delta: share of firms that exits at zero profit [1/year], 0 to 1
  double exit_sensitivity = 1.0;          ///< kappa: of the exit hazard to profitability [1], >= 0
  double entry_sensitivity = 1.0;         ///< eta: of entry to profitability [1], >= 0
  double founders_elsewhere = 0.05;       ///< i: share of founders who come from other regions [1], 0 to 1
  double relocation_rate = 0.05;          ///< nu: share of surviving private firms that looks around [1/year], 0 to 1
  double relocation_dispersion = 0.5;     ///< beta: of the logit over destinations [log profitability], > 0
  double relocation_cost = 2.0;           ///< k0: of leaving [log profitability], >= 0
  double relocation_distance_cost = 0.5;  ///< k1: by ln(1 + travel time / d0) [1], >= 0
  double state_share = 0.0;               ///< share of firms owned by the state [1], 0 to 1
  double state_relocation = 0.5;          ///< rho: relocation rate of state firms over that of private ones [1], 0 to 1
  double foreign_productivity = 1.0;      ///< phi of foreign over that of domestic firms [1], > 0
  FirmForm form = FirmForm::mean_field;
  FirmHeterogeneity differ = {};
  double firms_per_agent =
      1.0;  ///< w: firms that an agent stands for, before rounding to whole agents by cell [firms], > 0
};

/// What raises or lowers productivity of one sector in the year after.
struct SpilloverParameters {
  double mar = 0.0;   ///< to employment of the own sector [1]
  double jac = 0.0;   ///< to the diversity of the other sectors [1]
  double know = 0.0;  ///< to knowledge within reach [1]
  double syn = 0.0;   ///< to co-agglomeration of producer services and manufacturing [1]
  double pub = 0.0;   ///< to public services [1]
  double hum = 0.0;   ///< to the share of skilled persons [1]
  double soe = 0.0;   ///< loss of ln A of a sector owned by the state altogether [log]
  double cong = 0.0;  ///< to density, as a loss [1]
};

enum class Mobility {
  none,          ///< stays
  logit,         ///< a share reconsiders each year, gravity costs
  replicator,    ///< X' = X + v X (V - mean V): textbook models, exact corners
  logit_static,  ///< shares ~ exp(theta V) every year, no costs
};

/// How a group of people is represented; docs/model.md#people.
enum class PeopleForm {
  cohorts,  ///< expected numbers of persons
  agents,   ///< person by person, by keyed draws
};

/// How one factor moves between regions. Labour factors move for utility; others (replicator only) for ln W.
struct GroupParameters {
  Mobility mobility = Mobility::none;
  double elasticity = 2.0;           ///< theta [1], > 0
  double reconsider = 0.1;           ///< nu: share that reconsiders its place [1/year], 0 to 1
  double cost = 1.0;                 ///< m0: of leaving [log real income], >= 0
  double distance_cost = 0.5;        ///< m1: by ln(1 + travel time / d0) [1], >= 0
  double registration = 0.0;         ///< of living without local registration after a move [log real income], >= 0
  double access = 1.0;               ///< to public services over that of registered residents [1], (0, 1]
  bool calibrated_amenities = true;  ///< amenities make the base year stand still; false: only those of `log_amenity`
  Eigen::ArrayXd log_amenity = {};   ///< given amenity by region, added to utility; empty: none [log real income]
  PeopleForm form = PeopleForm::cohorts;
};

/// Factors that play a part in conversions between groups; those not named have none.
struct PeopleParameters {
  std::optional<Eigen::Index> rural;
  std::optional<Eigen::Index> migrant;
  std::optional<Eigen::Index> unskilled;
  std::optional<Eigen::Index> skilled;
  double crowding = 0.5;          ///< chi: of public services by population [1], >= 0
  double public_services = 0.1;   ///< psi: of utility to public services [1], >= 0
  double congestion = 0.04;       ///< xi: of utility to density, as a loss [1], >= 0
  double turnover = 0.0;          ///< omega: share of each group that retires [1/year], 0 to 1
  double rural_to_migrant = 0.0;  ///< base-year share of rural labour that takes up urban work [1/year]
  double citizenisation = 0.0;    ///< base-year share of migrants who become registered residents [1/year]
  double training = 0.0;          ///< base-year share of the unskilled who become skilled [1/year]
  double speed = 1.0;             ///< v of the replicator [1], > 0
  /// Observed growth of people by region over `growth_years`, relative to the country's, towards which migration and entrants of the base year
  /// work; empty: the base year stands still [1].
  Eigen::ArrayXd relative_growth = {};
  double growth_years = 10.0;  ///< [years], > 0
  double people_per_agent =
      1000.0;  ///< persons that an agent stands for, before rounding to whole agents of a group in a region, > 0
  int fewest_agents = 30;  ///< of a group in a region where it has anybody, so that it does not die out by chance, > 0
};

struct GrowthParameters {
  double capital_depreciation = 0.096;   ///< d [1/year]
  double capital_growth = 0.0;           ///< g_K: trend taken out of the stock [1/year]
  double public_depreciation = 0.05;     ///< d_g [1/year]
  double public_growth = 0.0;            ///< trend taken out of public capital [1/year]
  double public_share = 0.2;             ///< share of base-year government purchases that builds public capital [1]
  double knowledge_depreciation = 0.15;  ///< d_k [1/year], > 0
  double knowledge_rd = 0.2;             ///< a: of new knowledge to R&D [1], >= 0
  double knowledge_skilled = 0.2;        ///< b: to skilled persons [1], >= 0
  double knowledge_synergy = 0.1;        ///< c: to co-agglomeration [1], >= 0
  double knowledge_range = 200.0;        ///< l in exp(-distance / l) [unit of the distance matrix, km], > 0
};

/// Sectors with a part of their own. Those not named: the term is left out.
struct SectorRoles {
  std::optional<Eigen::Index> research;
  std::optional<Eigen::Index> public_sector;    ///< supplies training and citizenisation
  std::optional<Eigen::Index> agriculture;      ///< left out of totals of the location quotients
  std::vector<Eigen::Index> manufacturing;      ///< for theta
  std::vector<Eigen::Index> producer_services;  ///< for theta
};

/// A cell without firms in the base year: closed for good, or open to firms once it is more profitable than it was then.
enum class EmptyCells { closed, latent };

/// Where `mar`, `cong` and the congestion of utility are nil, the same in every region.
struct SpilloverReference {
  double employment = 1.0;  ///< of a sector in a region [persons], > 0
  double density = 1.0;     ///< persons a unit of the housing factor; persons where there is none, > 0
};

struct Parameters {
  std::uint64_t seed = 1;                       ///< of all keyed draws
  std::vector<FirmParameters> firms;            ///< by sector; read where entry is `stock`
  std::vector<SpilloverParameters> spillovers;  ///< by sector
  std::vector<GroupParameters> groups;          ///< by factor
  PeopleParameters people;
  GrowthParameters growth;
  SectorRoles roles;
  std::optional<SpilloverReference> reference;  ///< empty: each region's own base year
  EmptyCells empty_cells = EmptyCells::closed;
  double reference_time = 1.0;  ///< d0 of all distance costs [h], > 0
  bool moves_between = false;   ///< whether flows tell moves by origin and destination, too; changes nothing else
  Eigen::ArrayXXd
      registration_border;  ///< [r,n] 1 where a move needs a new registration, else 0; empty: every move does
};

}  // namespace pericore::dynamics
