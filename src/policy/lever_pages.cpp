#include "policy/lever_pages.h"

#include <algorithm>
#include <array>

#include "base/errors.h"

namespace pericore::policy {
namespace {

const std::array pages{
    LeverPage{"producer_service_support",
              "0.01 to 0.10; above 0.2 the outlay alone can make a small region insolvent when it pays for itself", "",
              R"(title: Support for high-end services in Changchun
extends: baseline.yaml
years: [2010, 2015]
policies:
  - lever: producer_service_support
    size: {production_subsidy: 0.03, wage_subsidy: 0.05}
    sectors: [high_end]
    regions: [Changchun]
    start: 2011
    ramp: 2
    funding: {by: income_tax, level: national}
)"},
    LeverPage{"entry_deregulation", "0.1 to 0.5; negative sizes raise the barrier", "",
              R"(title: Easier market entry in producer services, where they are few
extends: baseline.yaml
years: [2010, 2015]
policies:
  - lever: entry_deregulation
    size: 0.3
    sectors: [producer_services]
    regions: {province: [Jilin]}
    while: lq < 1                       # only in cells whose location quotient was below 1 the year before
    start: 2011
    ramp: 3
)"},
    LeverPage{"relocation_grant",
              "0.05 to 0.5; the grant is counted in what a firm of the sector earns in an average year", "",
              R"(title: Orderly transfer of labour-intensive manufacturing out of the core
extends: baseline.yaml
years: [2010, 2015]
policies:
  - lever: relocation_grant
    size: 0.3
    sectors: [labour_intensive]
    origins: {province: [Jilin], tier: [core]}
    regions: {province: [Jilin], tier: [second_centre, periphery]}
    start: 2011
    end: 2015
    funding: {by: lump_sum, level: national}
)"},
    LeverPage{"outsourcing",
              "0.005 to 0.05; it cannot exceed the labour share of the sector. Negative sizes bring work back in house",
              "",
              R"(title: Manufacturers of Jilin buy services instead of doing them in house
extends: baseline.yaml
years: [2010, 2015]
policies:
  - lever: outsourcing
    size: 0.02
    sectors: [manufacturing]
    supplier: producer_services
    regions: {province: [Jilin]}
    start: 2011
    ramp: 5
    efficiency: 0.005
)"},
    LeverPage{"procurement", "0.002 to 0.03; negative sizes buy less, down to nothing", "",
              R"(title: Changchun buys information and research services
extends: baseline.yaml
years: [2010, 2015]
policies:
  - lever: procurement
    size: 0.01
    sectors: [inf, res]
    regions: [Changchun]
    start: 2011
    funding: {by: cut, level: regional}
)"},
    LeverPage{"rd_support",
              "0.001 to 0.02 (all research and development of China was 1.8 % of GDP in 2010, 2.4 % in 2020: national "
              "statistical communiques)",
              "", R"(title: Research bought in Changchun
extends: baseline.yaml
years: [2010, 2018]
policies:
  - lever: rd_support
    size: 0.005
    regions: [Changchun]
    start: 2011
    ramp: 2
    funding: {by: income_tax, level: national}
)"},
    LeverPage{"training", "0.002 to 0.02 a year", "", R"(title: Vocational training in Jilin
extends: baseline.yaml
years: [2010, 2018]
policies:
  - lever: training
    size: 0.01
    regions: {province: [Jilin]}
    start: 2011
    cost: 0.3
)"},
    LeverPage{
        "transport", "a rule fitted to the roads expected; cuts of 0.1 to 0.4",
        "Times between two different regions change, and with given times the roads inside a merged region too. A rule "
        "or a network is a target: the way to it is covered by size x intensity, it never lengthens a trip, and of "
        "several targets the fastest holds. Cuts multiply what is left and add up among themselves. Trade costs of all "
        "sectors and costs of migration and relocation follow from the new times. `network: edges.csv` (from, to, "
        "length_km, speed_kmh) gives a corridor in place of a rule.",
        R"(title: Faster roads between Changchun and Jilin City
extends: baseline.yaml
years: [2010, 2015]
policies:
  - lever: transport
    size: 0.2
    regions: [Changchun, Jilin City]
    start: 2011
    ramp: 2
    funding: {by: lump_sum, level: regional}
)"},
    LeverPage{
        "information_infrastructure", "0.1 to 0.5",
        "`size: {knowledge_range: 0.5}` changes the range of knowledge, which is one number for the whole country.",
        R"(title: Broadband for Jilin
extends: baseline.yaml
years: [2010, 2015]
policies:
  - lever: information_infrastructure
    size: 0.3
    regions: {province: [Jilin]}
    start: 2011
    ramp: 3
)"},
    LeverPage{
        "market_unification", "0.2 to 1; 1 is a country without internal borders. Negative sizes protect more",
        "Trade with the rest of the world has no such wedge and is left alone. A size of 0.5 is a very large policy: "
        "in "
        "the configuration of China it takes some 10 % off the delivered price of all that crosses provinces, which is "
        "122 % of "
        "GDP there, for "
        "nothing. Real GDP of 2020 is 40 % higher; [why, and why the size is not to be believed]"
        "(../gains_from_market_integration.md). Name `sectors` to leave out services, for whose wedge there is no "
        "source.",
        R"(title: One market in five years
extends: baseline.yaml
years: [2010, 2016]
policies:
  - lever: market_unification
    size: 0.5
    start: 2011
    ramp: 5
)"},
    LeverPage{"public_services", "quality 0.05 to 0.5, outlay 0.005 to 0.03 of GDP", "",
              R"(title: Better public services in the periphery of Jilin
extends: baseline.yaml
years: [2010, 2018]
policies:
  - lever: public_services
    size: {public_quality: 0.2, public_capital: 0.01}
    regions: {province: [Jilin], tier: [periphery]}
    start: 2011
    ramp: 3
    funding: {by: lump_sum, level: national}
)"},
    LeverPage{"registration_reform", "relief 0.2 to 1, citizenisation 0.01 to 0.1 a year", "",
              R"(title: Changchun opens its household registration
extends: baseline.yaml
years: [2010, 2018]
policies:
  - lever: registration_reform
    size: {registration_relief: 0.8, citizenisation: 0.03}
    regions: [Changchun]
    start: 2011
    ramp: 2
    cost: 1.5
    funding: {by: income_tax, level: national}
)"},
    LeverPage{"production_subsidy", "0.01 to 0.10; negative sizes are a tax, -0.01 to -0.05", "",
              R"(title: A tax on labour-intensive manufacturing in Changchun
extends: baseline.yaml
years: [2010, 2015]
policies:
  - {lever: production_subsidy, size: -0.02, sectors: [mfl], regions: [Changchun], start: 2011}
)"},
    LeverPage{"wage_subsidy", "0.02 to 0.2", "`groups` names the labour groups; without it all of them.",
              R"(title: A subsidy on unskilled wages in manufacturing, while it is rare
extends: baseline.yaml
years: [2010, 2015]
policies:
  - lever: wage_subsidy
    size: 0.1
    groups: [unskilled]
    sectors: [manufacturing]
    regions: {province: [Jilin]}
    while: lq < 0.8
    start: 2011
)"},
    LeverPage{"interest_subsidy", "0.02 to 0.2", "", R"(title: Cheaper loans for producer services of Jilin
extends: baseline.yaml
years: [2010, 2015]
policies:
  - {lever: interest_subsidy, size: 0.1, sectors: [producer_services], regions: {province: [Jilin]}, start: 2011}
)"},
    LeverPage{"transfer", "0.005 to 0.05; negative sizes take", "", R"(title: Transfers to the poorer units of Jilin
extends: baseline.yaml
years: [2010, 2015]
policies:
  - lever: transfer
    size: 0.02
    regions: province == "Jilin" and gdp_per_head < 29000
    start: 2011
    funding: {by: lump_sum, level: national}
)"},
    LeverPage{"land_supply", "0.02 to 0.3",
              "Land that comes from fields is `land_remediation`; `groups: [farmland]` moves farmland alone.",
              R"(title: More urban land in Changchun
extends: baseline.yaml
years: [2010, 2018]
policies:
  - {lever: land_supply, size: 0.1, regions: [Changchun], start: 2011, ramp: 5, cost: 0.05}
)"},
    LeverPage{"congestion_relief", "0.1 to 0.5",
              "It scales what a change of density does: in an economy that stands still at its base-year densities it "
              "changes nothing but its cost; it matters where people or firms gather.",
              R"(title: Congestion relief in the core
extends: baseline.yaml
years: [2010, 2018]
policies:
  - {lever: congestion_relief, size: 0.3, regions: {province: [Jilin], tier: [core]}, start: 2011, cost: 0.03}
)"},
    LeverPage{"amenity", "0.01 to 0.1", "", R"(title: Changchun becomes nicer to live in for the skilled
extends: baseline.yaml
years: [2010, 2018]
policies:
  - {lever: amenity, size: 0.05, groups: [skilled], regions: [Changchun], start: 2011, cost: 0.1}
)"},
    LeverPage{"zoning", "0.1 to 2, or 1000: forbidden", "", R"(title: No new labour-intensive plants in Changchun
extends: baseline.yaml
years: [2010, 2018]
policies:
  - {lever: zoning, size: 1000, sectors: [mfl], regions: [Changchun], start: 2011}
)"},
    LeverPage{
        "cluster_bonus", "0.005 to 0.02",
        "It scales what a change of employment does: in an economy that stands still at its base-year employment it "
        "changes nothing; it adds to what another lever or trend sets off.",
        R"(title: A cluster of high-end services, beside support for them
extends: baseline.yaml
years: [2010, 2018]
policies:
  - {lever: cluster_bonus, size: 0.01, sectors: [high_end], regions: [Changchun], start: 2011}
  - {lever: producer_service_support, size: 0.03, sectors: [high_end], regions: [Changchun], start: 2011}
)"},
    LeverPage{"knowledge_range", "0.1 to 1", "One number for the whole country: it has no target regions.",
              R"(title: Cities learn from cities farther away
extends: baseline.yaml
years: [2010, 2018]
policies:
  - {lever: knowledge_range, size: 0.5, start: 2011}
)"},
    LeverPage{"capital_wedge", "0.01 to 0.2", "", R"(title: Capital finds its way to Jilin
extends: baseline.yaml
years: [2010, 2018]
policies:
  - {lever: capital_wedge, size: 0.05, regions: {province: [Jilin]}, start: 2011}
)"},
    LeverPage{
        "foreign_investment", "0.1 to 1; `foreign_firms` 0.002 to 0.02 a year",
        "The volume is what leaves: foreign firms of the base year (`sectors.*.foreign_share`) exit as others do and "
        "as "
        "many come. Where the base year has none a relative change brings none: `size: {foreign_firms: 0.005}` brings "
        "that share of the cell's base-year firms a year. `sectors.*.foreign_productivity` makes them better than "
        "domestic ones; their profits go abroad, so the country needs a `rest_of_world`. In the configuration of China "
        "domestic firms of the "
        "sector become fewer in the country as a whole but not in the target: there they gain from inputs of their own "
        "sector more than they lose in customers.",
        R"(title: More foreign firms in capital-intensive manufacturing of Changchun
extends: baseline.yaml
years: [2010, 2018]
sectors:
  mfk: {foreign_share: 0.15, foreign_productivity: 1.1}   # assumed, for the example
policies:
  - lever: foreign_investment
    size: {foreign_investment: 0.5, foreign_firms: 0.005}
    sectors: [mfk]
    regions: [Changchun]
    start: 2011
)"},
    LeverPage{"state_reform", "0.05 to 0.5",
              "Needs `sectors.*.state_share` above 0; `soe` is what state ownership costs.",
              R"(title: Fewer state firms in finance and transport
extends: baseline.yaml
years: [2010, 2018]
sectors:
  fin: {state_share: 0.4, soe: 0.2}                       # assumed, for the example
  tra: {state_share: 0.3, soe: 0.2}
policies:
  - {lever: state_reform, size: 0.1, sectors: [fin, tra], regions: {province: [Jilin]}, start: 2011, ramp: 5}
)"},
    LeverPage{
        "less_processing_trade", "0.2 to 1",
        "Needs `sectors.*.processing`: by input, the share that must come from abroad. The base year is "
        "calibrated with "
        "it: the national table and employment stay as they are. A firm bound to foreign inputs buys all varieties "
        "from abroad and none from home, which costs it lambda^(-1/(sigma-1)) times the price index, lambda the share "
        "of the rest of the world in what else the region buys. Half of 5 % is worth 0.8 % of GDP in the configuration "
        "of China at base-year quantities and 3.6 % by 2020 ([why](../gains_from_market_integration.md)).",
        R"(title: An end to processing trade
extends: baseline.yaml
years: [2010, 2015]
sectors:
  mfl: {processing: {mfl: 0.05, mfk: 0.05}}               # assumed, for the example
  mfk: {processing: {mfk: 0.05}}
policies:
  - {lever: less_processing_trade, size: 0.5, sectors: [manufacturing], start: 2011, ramp: 2}
)"},
    LeverPage{"finance_access", "0.01 to 0.1", "", R"(title: Finance for the periphery of Jilin
extends: baseline.yaml
years: [2010, 2018]
policies:
  - lever: finance_access
    size: 0.05
    sectors: [manufacturing]
    regions: {province: [Jilin], tier: [periphery]}
    start: 2011
)"},
    LeverPage{"talent", "0.02 to 0.2; amenity 0.01 to 0.1", "`groups` names others than the skilled.",
              R"(title: Talent for Changchun
extends: baseline.yaml
years: [2010, 2018]
policies:
  - {lever: talent, size: {wage_subsidy: 0.1, amenity: 0.02}, regions: [Changchun], start: 2011, cost: 0.02}
)"},
    LeverPage{"consumer_services", "0.005 to 0.05", "", R"(title: Consumer services in the plan of the periphery
extends: baseline.yaml
years: [2010, 2015]
policies:
  - lever: consumer_services
    size: {production_subsidy: 0.02, land_supply: 0.02}
    regions: {province: [Jilin], tier: [periphery]}
    start: 2011
    funding: {by: lump_sum, level: regional}
)"},
    LeverPage{"land_remediation", "0.02 to 0.3",
              "Needs the area of farmland: a column `farmland_km2` of the regions, or `national_accounts.farmland` as "
              "a share "
              "of the area. The outlay is a yearly equivalent for each unit of land converted.",
              R"(title: Land remediation around Changchun
extends: baseline.yaml
years: [2010, 2018]
national_accounts: {farmland: 0.127}                      # 1.217 million km2 (2009) of 9.6 million km2, recalled
policies:
  - {lever: land_remediation, size: 0.1, regions: [Changchun], start: 2011, ramp: 5}
)"},
    LeverPage{"spatial_plan", "0.1 to 2, or 1000: forbidden", "",
              R"(title: Services in the core, manufacturing to the edge
extends: baseline.yaml
years: [2010, 2018]
policies:
  - {lever: spatial_plan, size: 0.5, sectors: [manufacturing], regions: {province: [Jilin], tier: [core]}, start: 2011}
  - {lever: spatial_plan, size: {land_supply: 0.05}, regions: {province: [Jilin], tier: [periphery]}, start: 2011}
)"},
};

}  // namespace

std::span<const LeverPage> lever_pages() { return pages; }

const LeverPage& page_of(std::string_view key) {
  const auto found = std::find_if(pages.begin(), pages.end(), [&](const LeverPage& page) { return page.key == key; });
  if (found == pages.end()) throw DomainError("no page for lever '" + std::string(key) + "'");
  return *found;
}

}  // namespace pericore::policy
