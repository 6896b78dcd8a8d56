#include "policy/levers.h"

#include <limits>

#include "base/spelling.h"

namespace pericore::policy {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr std::string_view general_budget = "the main budget, closed as `closure` says";
constexpr std::string_view its_size = "0: the size is the outlay";
constexpr std::string_view its_flow = "0: the outlay follows from the subsidy and the year's flows";

/// A lever named after its only instrument, with the same size.
Lever plain(Instrument instrument, std::string_view description, std::string_view mechanism, double lowest,
            double highest, double default_size, std::string_view cost_note, std::string_view source,
            std::string_view expected) {
  const InstrumentRow& row = row_of(instrument);
  return {.key = row.key,
          .description = description,
          .mechanism = mechanism,
          .instruments = {{instrument, 1.0, lowest, highest}},
          .size_meaning = row.unit,
          .unit = row.unit,
          .lowest = lowest,
          .highest = highest,
          .default_size = default_size,
          .cost_unit = CostUnit::gdp_share,
          .default_cost = 0.0,
          .cost_note = cost_note,
          .payer = general_budget,
          .sector_classes = {},
          .supplier_classes = {},
          .source = source,
          .expected = expected};
}

std::vector<Lever> first_twelve() {
  using enum Instrument;
  return {
      {.key = "producer_service_support",
       .description = "Support for key producer services: a subsidy on sales and on wages.",
       .mechanism = "Lower net cost and price; more sales, profit, entry and jobs in the supported sectors, cheaper "
                    "inputs for those who buy them.",
       .instruments = {{production_subsidy, 1.0, 0.0, 1.0}, {wage_subsidy, 1.0, 0.0, 0.9}},
       .size_meaning = "the same rate on sales and on wages; name one instrument to move it alone",
       .unit = "per unit of sales, of wages",
       .lowest = 0.0,
       .highest = 0.9,
       .default_size = 0.05,
       .cost_unit = CostUnit::gdp_share,
       .default_cost = 0.0,
       .cost_note = its_flow,
       .payer = general_budget,
       .sector_classes = {"producer_services"},
       .supplier_classes = {},
       .source = "paper 000, sections 2.1 and 2.7; paper 001, section 3.1",
       .expected = "Location quotient of the supported services up in the targets, down elsewhere; manufacturing that "
                   "buys them gains; taxpayers elsewhere lose."},
      {.key = "entry_deregulation",
       .description = "Lower market entry barriers, deregulation, fair competition.",
       .mechanism = "More founders a year at the same profitability; more varieties, lower price index, lower profit "
                    "of incumbents.",
       .instruments = {{entry_barrier, 1.0, -1.0, 0.95}},
       .size_meaning = "share of the entry barrier removed",
       .unit = "share of the barrier removed",
       .lowest = -1.0,
       .highest = 0.95,
       .default_size = 0.2,
       .cost_unit = CostUnit::gdp_share,
       .default_cost = 0.0,
       .cost_note = "0: red tape brings no revenue and its end costs none",
       .payer = general_budget,
       .sector_classes = {"producer_services"},
       .supplier_classes = {},
       .source = "paper 000, section 2.1; paper 001, section 3.2",
       .expected = "Number of firms up within a few years, then a new balance of entry and exit; real income up at "
                   "little fiscal cost."},
      {.key = "relocation_grant",
       .description = "Orderly transfer: a grant to firms that move from big cities to named neighbours.",
       .mechanism = "Adds to operating profit at the destination in the relocation choice; movers bring jobs and "
                    "demand, rents and wages in the origin ease.",
       .instruments = {{Instrument::relocation_grant, 1.0, 0.0, 10.0}},
       .size_meaning = "yearly equivalent of the grant a moving firm gets",
       .unit = "share of operating profit at x = 0, a year",
       .lowest = 0.0,
       .highest = 10.0,
       .default_size = 0.2,
       .cost_unit = CostUnit::gdp_share,
       .default_cost = 0.0,
       .cost_note = "0: the outlay is movers x grant, paid a year after the move",
       .payer = general_budget,
       .sector_classes = {"labour_intensive"},
       .supplier_classes = {},
       .source = "paper 000, sections 2.2, 3.3 and 3.4; paper 001, sections 2.2 and 3.3",
       .expected = "Labour-intensive manufacturing leaves the core for the targets; high-end services of the core gain "
                   "from lower rents and wages."},
      {.key = "outsourcing",
       .description = "Manufacturers buy non-core services instead of doing them in house.",
       .mechanism = "A share of unit cost moves from own labour to bought services; demand for producer services near "
                    "manufacturing grows.",
       .instruments = {{input_shift, 1.0, -0.5, 0.5}},
       .size_meaning = "share of unit cost that moves from in-house labour to bought services, split over the "
                       "suppliers by their present input shares",
       .unit = "share of unit cost",
       .lowest = -0.5,
       .highest = 0.5,
       .default_size = 0.02,
       .cost_unit = CostUnit::gdp_share,
       .default_cost = 0.0,
       .cost_note = "0: firms reorganise at their own account; no efficiency gain either unless `efficiency` gives one",
       .payer = general_budget,
       .sector_classes = {"manufacturing"},
       .supplier_classes = {"producer_services"},
       .source = "paper 000, sections 2.3 and 3.5; paper 001, section 3.4",
       .expected = "Producer services up, most where manufacturing is; theta (co-agglomeration) up; real income moves "
                   "little without an efficiency gain."},
      {.key = "procurement",
       .description = "Public procurement of services.",
       .mechanism = "Government buys more of the named sectors in the target regions; local suppliers gain most where "
                    "trade costs are high.",
       .instruments = {{Instrument::procurement, 1.0, -0.5, 0.5}},
       .size_meaning = "real purchases a year, split over the sectors by their base-year national sales",
       .unit = "share of the region's base-year GDP, a year",
       .lowest = -0.5,
       .highest = 0.5,
       .default_size = 0.01,
       .cost_unit = CostUnit::gdp_share,
       .default_cost = 0.0,
       .cost_note = its_size,
       .payer = general_budget,
       .sector_classes = {"producer_services"},
       .supplier_classes = {},
       .source = "paper 000, section 2.4",
       .expected = "Home-market effect: the bought sectors grow more than in proportion near the buyer; private demand "
                   "falls by the levy."},
      {.key = "rd_support",
       .description = "Support for research and development.",
       .mechanism = "Government buys research; the spending enters the region's knowledge flow, and knowledge raises "
                    "productivity there and nearby a year later.",
       .instruments = {{research, 1.0, -0.2, 0.2}},
       .size_meaning = "real purchases of research a year, counted as R&D of the region",
       .unit = "share of the region's base-year GDP, a year",
       .lowest = 0.0,
       .highest = 0.2,
       .default_size = 0.005,
       .cost_unit = CostUnit::gdp_share,
       .default_cost = 0.0,
       .cost_note = its_size,
       .payer = general_budget,
       .sector_classes = {"research"},
       .supplier_classes = {},
       .source = "paper 000, section 2.6; paper 001, section 2.3; paper 003, conclusions",
       .expected = "Research and high-end services up at once by demand; innovation index and productivity up slowly, "
                   "with spillovers that fade with distance."},
      {.key = "training",
       .description = "Vocational training of the unskilled.",
       .mechanism = "A share of the unskilled of the region becomes skilled each year, at a cost a head.",
       .instruments = {{Instrument::training, 1.0, 0.0, 0.5}},
       .size_meaning = "share of the unskilled trained a year, beside the base-year rate",
       .unit = "share of the unskilled a year",
       .lowest = 0.0,
       .highest = 0.5,
       .default_size = 0.005,
       .cost_unit = CostUnit::per_head,
       .default_cost = 0.3,
       .cost_note = "0.3 of base-year GDP per head for each person trained, a year later (assumed)",
       .payer = general_budget,
       .sector_classes = {},
       .supplier_classes = {},
       .source = "paper 000, section 2.8",
       .expected =
           "Skill premium down in the targets, skill-intensive services up; part of the trained move to the core."},
      {.key = "transport",
       .description = "Roads and railways: shorter travel times between chosen regions.",
       .mechanism = "Lower trade and migration costs: market access and competition rise together, core and periphery "
                    "grow closer.",
       .instruments = {{travel_time_target, 1.0, 0.0, 1.0}, {travel_time_cut, 1.0, -5.0, 0.95}},
       .size_meaning = "with a rule or a network: share of the way to its times; without: share of travel time saved",
       .unit = "share",
       .lowest = -5.0,
       .highest = 1.0,
       .default_size = 0.2,
       .cost_unit = CostUnit::gdp_share,
       .default_cost = 0.01,
       .cost_note = "1 % of the targets' base-year GDP a year for a size of 1, while in force (assumed)",
       .payer = general_budget,
       .sector_classes = {},
       .supplier_classes = {},
       .source = "paper 004, sections 4 and 5",
       .expected =
           "Labour-intensive manufacturing leaves the core, services stay: agglomeration and diffusion side by side."},
      {.key = "information_infrastructure",
       .description = "Communication networks: services travel more easily.",
       .mechanism = "Lowers the distance elasticity of trade in services from and to the targets; on request knowledge "
                    "reaches further too.",
       .instruments = {{information, 1.0, 0.0, 1.0}, {Instrument::knowledge_range, 0.0, -0.9, 10.0}},
       .size_meaning =
           "share of the services' distance elasticity removed between two targets, half of it towards others",
       .unit = "share of the distance elasticity removed",
       .lowest = 0.0,
       .highest = 1.0,
       .default_size = 0.2,
       .cost_unit = CostUnit::gdp_share,
       .default_cost = 0.02,
       .cost_note = "2 % of the targets' base-year GDP a year for a size of 1, while in force (assumed)",
       .payer = general_budget,
       .sector_classes = {"services", "producer_services"},
       .supplier_classes = {},
       .source = "paper 001, section 2.4; paper 004, section 5",
       .expected = "High-end services gather in the core and serve the periphery from there; buyers in the periphery "
                   "gain, their local services lose."},
      {.key = "market_unification",
       .description = "End of local protection: one market.",
       .mechanism = "Lowers the wedge on trade between jurisdictions; it brings no revenue, so that real costs fall.",
       .instruments = {{border_relief, 1.0, -1.0, 1.0}},
       .size_meaning = "share of the border wedge removed between two targets, half of it towards others",
       .unit = "share of the border wedge removed",
       .lowest = -1.0,
       .highest = 1.0,
       .default_size = 0.5,
       .cost_unit = CostUnit::gdp_share,
       .default_cost = 0.0,
       .cost_note = "0: the wedge brings no revenue and its end costs none",
       .payer = general_budget,
       .sector_classes = {},
       .supplier_classes = {},
       .source = "paper 000, sections 3.2 and 3.4; paper 004, section 5",
       .expected =
           "More trade between provinces, specialisation up, prices down; protected sectors of small provinces lose."},
      {.key = "public_services",
       .description = "Public services: input and quality.",
       .mechanism = "Spending builds public capital, quality raises what it yields; services draw people and, through "
                    "pub, raise productivity.",
       .instruments = {{public_quality, 1.0, -0.9, 5.0}, {public_capital, 0.05, -0.2, 0.2}},
       .size_meaning = "relative change of quality; with it an outlay into public capital of 0.05 of base-year GDP a "
                       "year for a size of 1",
       .unit = "relative change of quality",
       .lowest = -0.9,
       .highest = 4.0,
       .default_size = 0.1,
       .cost_unit = CostUnit::gdp_share,
       .default_cost = 0.0,
       .cost_note =
           "0: the outlay is the instrument public_capital; quality alone is better organisation and costs nothing",
       .payer = general_budget,
       .sector_classes = {},
       .supplier_classes = {},
       .source = "paper 004, abstract and section 1",
       .expected = "Output of public services, then people and industry gather in the targets; with much input and low "
                   "quality, quality does more."},
      {.key = "registration_reform",
       .description = "Reform of household registration (hukou): easier moves, migrants become citizens.",
       .mechanism = "Lowers the registration cost of moving to the targets and turns more migrants into registered "
                    "residents with full access to public services.",
       .instruments = {{registration_relief, 1.0, -1.0, 1.0},
                       {citizenisation, 0.05, 0.0, 0.5},
                       {migration_cost_relief, 0.0, -1.0, 1.0}},
       .size_meaning =
           "share of the registration cost removed; with it 0.05 of migrants a year more are converted for a size of 1",
       .unit = "share of the registration cost removed",
       .lowest = 0.0,
       .highest = 1.0,
       .default_size = 0.5,
       .cost_unit = CostUnit::per_head,
       .default_cost = 1.0,
       .cost_note = "base-year GDP per head once for each person converted, a year later (assumed)",
       .payer = general_budget,
       .sector_classes = {},
       .supplier_classes = {},
       .source = "paper 004, sections 2 and 3",
       .expected = "More migration to the targets, central cities first; rural income per head up; wages of the "
                   "unskilled in cities down at first, services up."},
  };
}

/// Packages beyond the first twelve.
std::vector<Lever> later_packages() {
  using enum Instrument;
  Lever processing =
      plain(processing_relief, "Less processing trade: inputs no longer have to come from abroad.",
            "Processing firms buy their inputs where they are cheapest, at home too; domestic suppliers "
            "of manufactures and services gain customers.",
            -1.0, 1.0, 0.5, "0: a rule of trade; the requirement brings no revenue", "paper 000, section 2.4",
            "Domestic producer services and suppliers grow with manufacturing; imports of inputs fall.");
  processing.key = "less_processing_trade";
  Lever finance = plain(capital_wedge, "Finance: wider channels and cheaper loans.",
                        "Investment sees a higher net return in the targets, and firms pay less than owners of capital "
                        "receive.",
                        0.0, 0.9, 0.05, its_flow, "paper 000, section 2.7",
                        "Capital flows to the targets; capital-intensive sectors and finance grow there.");
  finance.key = "finance_access";
  finance.instruments.push_back({interest_subsidy, 1.0, 0.0, 0.9});
  finance.size_meaning = "log points taken from the capital market's wedge, and the same rate as interest subsidy";
  finance.unit = "log points, share of the capital rent";
  Lever talent =
      plain(wage_subsidy, "Talent: a subsidy on the wages of the skilled, amenities on request.",
            "Employers of skilled labour pay less than it receives; where a region is also nicer to live in, "
            "the skilled come.",
            0.0, 0.9, 0.1, its_flow, "paper 000, section 2.6; paper 003, conclusions",
            "Skilled labour and the services that live on it gather in the targets; regions around lose some.");
  talent.key = "talent";
  talent.sector_classes = {"high_end", "producer_services"};
  talent.groups = {"skilled"};
  talent.instruments.push_back({amenity, 0.0, -2.0, 2.0});
  Lever consumer = plain(production_subsidy, "Consumer services in the plan.",
                         "Trade, hotels and resident services sell at lower net cost; land on request.", 0.0, 1.0, 0.02,
                         its_flow, "paper 004, section 5",
                         "Consumer services and jobs up where people live; the price level of residents down.");
  consumer.key = "consumer_services";
  consumer.sector_classes = {"consumer_services"};
  consumer.instruments.push_back({land_supply, 0.0, -0.9, 5.0});
  Lever land = plain(land_conversion, "Land remediation: fields and waste land become urban land.",
                     "Urban land grows and farmland shrinks by the same area; rents fall, farm output too.", -0.9, 5.0,
                     0.05, "a yearly equivalent of 100 million yuan a km2 at 5 % a year, while in force (assumed)",
                     "paper 004, section 3",
                     "Lower rents hold people and land-intensive industry in the targets; farm income there falls.");
  land.key = "land_remediation";
  land.cost_unit = CostUnit::per_land;
  land.default_cost = 5.0;
  Lever plan = plain(zoning, "Spatial plan: sectors kept out of the core, land prepared where they shall go.",
                     "The named sectors find it harder to settle in the targets; land on request.", -10.0, infinity,
                     0.5, "0: a rule; the loss is borne by the firms", "paper 000, sections 2.2, 2.5 and 3.3",
                     "Manufacturing moves to the edge as its firms exit, services take its place in the core.");
  plan.key = "spatial_plan";
  plan.sector_classes = {"labour_intensive", "manufacturing"};
  plan.instruments.push_back({land_supply, 0.0, -0.9, 5.0});
  return {std::move(processing), std::move(finance), std::move(talent),
          std::move(consumer),   std::move(land),    std::move(plan)};
}

std::vector<Lever> all_levers() {
  using enum Instrument;
  std::vector<Lever> table = first_twelve();
  table.push_back(plain(production_subsidy, "Subsidy (or, negative, tax) on sales.",
                        "Lower or higher net price of the sector.", -0.9, 1.0, 0.05, its_flow, "paper 000, section 2.1",
                        "Output, entry and jobs follow the sign of the rate."));
  table.push_back(plain(wage_subsidy, "Subsidy on wages, of all or of named labour groups (talent: the skilled).",
                        "Employers pay less than workers receive.", -0.9, 0.9, 0.05, its_flow,
                        "papers 000, section 2.6, and 003, conclusions",
                        "Wages and, where people move, employment of the group rise in the targets."));
  table.push_back(plain(interest_subsidy, "Interest subsidy for firms.",
                        "Users of capital pay less than its owners receive.", -0.9, 0.9, 0.05, its_flow,
                        "paper 000, section 2.7",
                        "Capital-intensive sectors grow in the targets; capital follows its return."));
  table.push_back(plain(transfer, "Transfers to households.", "Residents of the targets get income from the budget.",
                        -0.5, 0.5, 0.01, its_size, "the accounts: docs/model.md#accounts",
                        "Local demand and in-migration up; non-tradables gain most."));
  table.push_back(plain(land_supply, "More (or, negative, less) land; `groups` picks farmland instead of urban land.",
                        "Adds to the stock of land; rents fall.", -0.9, 5.0, 0.05,
                        "0: name the outlay of remediation by `cost`; less farmland is an entry of its own",
                        "paper 000, section 2.5; paper 004, section 3",
                        "Lower rents hold land-intensive industry and residents."));
  table.push_back(plain(congestion_relief, "Congestion relief: transport, housing, environment.",
                        "Density costs productivity and comfort less.", 0.0, 1.0, 0.2, "0: name the outlay by `cost`",
                        "paper 000, sections 2.5 and 3.1", "The core holds more people and firms."));
  table.push_back(plain(amenity, "Amenities for named groups.", "The region is worth more to its residents.", -2.0, 2.0,
                        0.02, "0: name the outlay by `cost`", "paper 000, section 2.6; paper 003, conclusions",
                        "In-migration, lower wages, higher rents in the targets."));
  table.push_back(plain(zoning, "Spatial plan: sectors kept out of regions, softly or (size 1000) altogether.",
                        "Lowers the pull of the region on moving and new firms; incumbents stay.", -10.0, infinity, 1.0,
                        "0: a rule; the loss is borne by the firms", "paper 000, sections 2.2 and 2.5",
                        "The sector thins out in the targets as fast as its firms exit."));
  table.push_back(plain(cluster_bonus, "Service clusters: more gain from own-sector concentration.",
                        "Adds to the elasticity mar.", -0.1, 0.1, 0.01, "0: name the outlay by `cost`",
                        "paper 000, section 2.5; paper 003, conclusions",
                        "Concentration feeds on itself; large sizes make the base year unstable."));
  table.push_back(plain(knowledge_range, "Knowledge exchange between cities (the whole country).",
                        "Knowledge of others counts at longer distances.", -0.9, 10.0, 0.2,
                        "0: meetings are cheap; name an outlay by `cost`",
                        "paper 000, section 3.2; paper 001, section 2.4",
                        "Productivity of the periphery gains on the core."));
  table.push_back(plain(capital_wedge, "Finance: wider channels for the capital of a region.",
                        "Investment sees a higher net return.", -1.0, 1.0, 0.05, "0: a rule of the capital market",
                        "paper 000, section 2.7", "Capital flows to the targets until its return is lower."));
  Lever foreign = plain(foreign_investment, "Foreign investment, with what it crowds out.",
                        "More foreign firms enter a year; they share customers and factors with domestic ones, and "
                        "their profits go abroad.",
                        -1.0, 10.0, 0.2, "0: tax gifts to them are an entry of production_subsidy",
                        "paper 000, sections 2.1 and 2.4", "Sector grows, domestic firms of the sector shrink.");
  foreign.instruments.push_back({foreign_firms, 0.0, 0.0, 1.0});
  table.push_back(std::move(foreign));
  Lever reform = plain(
      state_share, "Reform of state-owned enterprises.",
      "Private firms are more productive and more mobile; on request all firms of the sector look around more often.",
      0.0, 1.0, 0.1, "0: sale at fair value", "paper 000, section 3.2; paper 001, section 3.2",
      "Productivity up where the state share was high; more relocation.");
  reform.key = "state_reform";
  reform.instruments.push_back({relocation_rate, 0.0, -1.0, 10.0});
  table.push_back(std::move(reform));
  for (Lever& lever : later_packages()) table.push_back(std::move(lever));
  return table;
}

}  // namespace

std::span<const Lever> levers() {
  static const std::vector<Lever> table = all_levers();
  return table;
}

const Lever* find_lever(std::string_view key) {
  for (const Lever& lever : levers()) {
    if (lever.key == key) return &lever;
  }
  return nullptr;
}

std::string nearest_lever(std::string_view word) {
  std::vector<std::string> keys;
  for (const Lever& lever : levers()) keys.emplace_back(lever.key);
  return did_you_mean(word, keys);
}

}  // namespace pericore::policy
