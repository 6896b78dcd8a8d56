#include "config/slurm_spec.h"

#include <catch2/catch.hpp>

using namespace pericore::config;

TEST_CASE("time limits as the manual of sbatch has them", "[config][slurm]") {
  CHECK(slurm_seconds("90") == 5400);  // minutes
  CHECK(slurm_seconds("90:30") == 5430);
  CHECK(slurm_seconds("04:00:00") == 14400);
  CHECK(slurm_seconds("1-12") == 129600);
  CHECK(slurm_seconds("1-12:30") == 131400);
  CHECK(slurm_seconds("1-12:30:05") == 131405);
  for (const char* text : {"", "4h", "0", "1:2:3:4", "-5", "1-", "infinite", "1.5", "1::2"}) {
    CAPTURE(text);
    CHECK_FALSE(slurm_seconds(text).has_value());
  }
}

TEST_CASE("texts that would break a script are faults", "[config][slurm]") {
  SlurmSpec spec;
  CHECK(faults_of(spec).empty());
  spec.time = "04:00:00";
  spec.memory = "2G";
  spec.account = "geo-1";
  spec.partition = "short,long";
  spec.options = {"--constraint=icelake|rome", "-x n1"};
  CHECK(faults_of(spec).empty());
  const auto only_fault = [](const SlurmSpec& bad) {
    const auto faults = faults_of(bad);
    REQUIRE(faults.size() == 1);
    return faults.front().key;
  };
  SlurmSpec bad = spec;
  bad.memory = "2 GB";
  CHECK(only_fault(bad) == "memory");
  bad.memory = "2";  // sbatch: two megabytes
  CHECK(only_fault(bad) == "memory");
  CHECK(faults_of(bad).front().message.find("write 2G or 2M") != std::string::npos);
  bad = spec;
  bad.account = "a b";
  CHECK(only_fault(bad) == "account");
  bad = spec;
  bad.options.emplace_back("--comment=a\nrm -rf x");
  CHECK(only_fault(bad) == "options");
  bad = spec;
  bad.signal_before = 14400;
  CHECK(only_fault(bad) == "signal_before");
  bad = spec;
  bad.tasks = bad.runs_per_task = 5;
  CHECK(only_fault(bad) == "runs_per_task");
}

TEST_CASE("the command line goes before the file", "[config][slurm]") {
  SlurmSpec file;
  file.time = "60";
  file.account = "geo";
  file.tasks = 10;
  file.options = {"--a"};
  SlurmSpec line;
  line.time = "30";
  line.runs_per_task = 7;
  line.options = {"--b"};
  const SlurmSpec both = merged(file, line);
  CHECK(both.time == "30");
  CHECK(both.account == "geo");
  CHECK(both.tasks == 0);
  CHECK(both.runs_per_task == 7);
  CHECK(both.options == std::vector<std::string>{"--a", "--b"});
}
