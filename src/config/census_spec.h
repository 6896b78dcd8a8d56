/// Sections `hindcast` and `census` of a file of targets (YAML): the censuses that runs are held against. docs/compare.md describes them.
#pragma once

#include <string>
#include <vector>

#include "config/node.h"
#include "config/spec_map.h"
#include "panel/table.h"

namespace pericore::config {

/// Sectors of the run and columns of the census that are one sector in the comparison.
struct HindcastSector {
  std::string name;
  std::vector<std::string> simulated;
  std::vector<std::string> observed;
};

/// Two censuses and how a run is held against them.
struct HindcastSpec {
  panel::Table before;
  panel::Table after;
  int year_before = 0;
  int year_after = 0;
  std::string id;                   ///< column of both tables, and variable of the run, that names units
  std::string fold;                 ///< text variable of the run: units of one fold are predicted from all others
  panel::Table units;               ///< by id: columns that group units, beside those of the run; may be empty
  std::vector<std::string> groups;  ///< columns of `units`
  double sampled = 1.0;             ///< share of persons in the sample of the first census [1]
  std::vector<HindcastSector> sectors;
  Node node;  ///< the section, for places of faults
};

/// A census of one year and how levels of a run are held against it.
struct CensusSpec {
  panel::Table table;
  int year = 0;
  std::string id;
  double sampled = 1.0;  ///< share of persons in the sample [1]
  std::vector<HindcastSector> sectors;
  std::vector<std::string> manufacturing;      ///< of `sectors`: with producer services, for theta; may be empty
  std::vector<std::string> producer_services;  ///< of `sectors`
  std::vector<std::string> left_out;           ///< of `sectors`: no part of the total of theta, e.g. agriculture
  Node node;                                   ///< the section, for places of faults
};

/// Read a section and the tables that it names; all faults are collected.
[[nodiscard]] HindcastSpec read_hindcast(SpecMap map);
[[nodiscard]] CensusSpec read_census(SpecMap map);

}  // namespace pericore::config
